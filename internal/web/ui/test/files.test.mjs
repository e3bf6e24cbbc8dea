// Brings strange tables into the record by the page alone, in a real browser, with script and
// without: an Excel workbook and a semicolon CSV end as rows of the mission, and whoever may
// not sign ends with the command.
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/files.test.mjs
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { openRoom } from '../testroom.mjs'

const cases = resolve(import.meta.dirname, '../../../source/testdata')
const german = Buffer.from('Nr.;Datum;Uhrzeit;Ort;Breite;L\u00e4nge;Art;Tote;Bemerkung\r\n' +
  'z17;18.08.2025;06:40;Charkiw;49,9935;36,2304;Beschuss;3;Wohnhaus\r\n' +
  'z18;19.08.2025;22:15;Sumy;50,9077;34,7981;Drohnenangriff;0;Stra\u00dfe\r\n' +
  'z19;31.09.2025;03:05;Cherson;46,6354;32,6169;Beschuss;1;unm\u00f6glich\r\n', 'latin1')
const csv = (name = 'Vorfälle.csv') => ({ name, mimeType: 'text/csv', buffer: german })

let room
before(async () => { room = await openRoom() }, { timeout: 180_000 })
after(async () => { await room?.close() }, { timeout: 60_000 })

test('a data officer reads in a semicolon CSV, and its rows are in the mission', { timeout: 180_000 }, async () => {
  const page = await room.joined('intake-1')
  await page.goto(room.home + '/files')
  await room.looked(page, 'files')
  await page.setInputFiles('[name=file]', csv())
  await page.click('#upload button')
  await page.waitForURL(/\/files\/[0-9a-f]{32}/)
  const text = await page.innerText('main')
  assert.match(text, /Truce would read 2 reports\. It would reject 1 row\. Nothing has been recorded\./)
  assert.match(text, /31\.09\.2025/)
  assert.match(await page.innerText('#first'), /49\.99° N 36\.23° E/)
  await room.looked(page, 'a file')
  // What was edited is checked before it is read in.
  const area = page.locator('#check textarea')
  await area.press('End')
  await area.pressSequentially('\n# seen by the data officer\n')
  assert.equal(await page.locator('#ingest button').isDisabled(), true)
  await area.press('Control+Enter')
  await page.waitForFunction(() => !document.querySelector('#ingest button').disabled)
  assert.match(await area.inputValue(), /seen by the data officer/)
  await page.locator('[name=new]').check()
  await page.locator('[name=shelf][value=public]').check()
  await page.click('#ingest button')
  await page.waitForSelector('main .done')
  assert.match(await page.innerText('main .done'), /2 reports were recorded\. 1 row was rejected\./)
  await room.looked(page, 'a file that was read in')
  await page.goto(room.home + '/incidents?q=z17&order=arrived')
  await page.goto(room.home + '/incidents?order=arrived&from=2025-08-18&to=2025-08-18')
  assert.match(await page.innerText('table.list'), /Charkiw/)
  await page.context().close()
})

test('an Excel workbook gets in without script', { timeout: 180_000 }, async () => {
  const page = await room.joined('intake-1', { javaScriptEnabled: false })
  await page.goto(room.home + '/files')
  await page.setInputFiles('[name=file]', join(cases, 'table/patrols.xlsx'))
  await page.click('#upload button')
  await page.waitForURL(/\/files\/[0-9a-f]{32}/)
  const would = /Truce would read (\d+) reports?/.exec(await page.innerText('main'))
  assert.ok(would && Number(would[1]) > 0, await page.innerText('main'))
  await page.fill('#check textarea', (await page.inputValue('#check textarea')) + '# checked\n')
  await page.click('#check button')
  await page.locator('[name=new]').check()
  await page.locator('[name=shelf][value=shared]').check()
  await page.click('#ingest button')
  await page.waitForSelector('main .done, main .mark')
  assert.match(await page.innerText('main'), new RegExp(`${would[1]} reports? (was|were) recorded`))
  await page.context().close()
})

test('a verification officer ends with the mapping and the command', { timeout: 120_000 }, async () => {
  const page = await room.joined('verification-1')
  await page.goto(room.home + '/files')
  await page.setInputFiles('[name=file]', csv('it\'s a test.csv'))
  await page.click('#upload button')
  await page.waitForURL(/\/files\/[0-9a-f]{32}/)
  assert.equal(await page.locator('form[action$="/ingest"]').count(), 0)
  assert.match(await page.innerText('#ingest pre'), /^truce ingest mirror 'it'\\''s a test\.csv' --mapping mapping\.yaml --server http:\/\/localhost:\d+ --new-source$/)
  const [mapping] = await Promise.all([page.waitForEvent('download'), page.click('#ingest a[download]')])
  assert.match(readFileSync(await mapping.path(), 'utf8'), /column: Art/)
  await room.looked(page, 'a file of a verification officer')
  await page.context().close()
})

for (const width of [360, 1280]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const lang of ['en', 'uk', 'ar-XB']) {
      test(`the pages of files at ${width} px, ${colorScheme}, ${lang}`, { timeout: 120_000 }, async () => {
        const page = await room.joined('duty-1', { viewport: { width, height: 800 }, colorScheme })
        await page.goto(`${room.home}/files?lang=${lang}`)
        await room.looked(page, `files at ${width} px, ${colorScheme}, ${lang}`)
        await page.setInputFiles('[name=file]', csv())
        await page.click('#upload button')
        await page.waitForURL(/\/files\/[0-9a-f]{32}/)
        await page.goto(`${page.url()}?lang=${lang}`)
        await page.locator('#columns summary').click()
        await room.looked(page, `a file at ${width} px, ${colorScheme}, ${lang}`)
        await page.locator('form[action$="/remove"] button').click()
        await page.context().close()
      })
    }
  }
}
