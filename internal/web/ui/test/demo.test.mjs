// The demo as strangers meet it: the first page says what was agreed, known, claimed and not
// watched, on a wide and on a narrow window; a journalist looks a place up, reads, cites and
// verifies; a finding of days can be read from the first page.
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { openRoom } from '../testroom.mjs'

const figures = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../../demo/syria/figures.json'), 'utf8'))

let room
before(async () => { room = await openRoom('syria') }, { timeout: 180_000 })
after(() => room?.close(), { timeout: 60_000 })

for (const width of [1280, 360]) {
  test(`the first page tells what was agreed, known, claimed and not watched: ${width} px`, { timeout: 120_000 }, async () => {
    const page = await room.person({ viewport: { width, height: 900 } })
    await page.goto(room.home)
    await room.drawn(page)
    await room.looked(page, 'first page')
    assert.match(await page.textContent('header'), /HISTORIC/)
    const said = (await page.textContent('main')).replace(/\s+/g, ' ')
    const { hours, upload_days, shifted } = figures
    for (const s of [
      'The terms did not cover strikes on Daesh',
      'two or more publishers reported at least one such act (strike) on one day, or on one of two days: Darat Izzah',
      `that is at least ${hours['36h'].at_least_days} days`,
      `None of the ${hours['36h'].findings} findings is known to rest on two origins`,
      `with 12 hours there would be at least ${hours['12h'].at_least_days} such days in the whole period, with 48 hours at least ${hours['48h'].at_least_days}`,
      `Were the day of upload taken as the day, there would be at least ${upload_days.at_least_days}`,
      `in ${shifted.as_many_days_or_more} of ${shifted.times} cases`,
      'the Russian Centre for Reconciliation 9, six of them attacks on Damascus',
      'High Negotiations Committee counted at least 15 violations',
      'What Syrian Archive has here is about acts of Russian Federation (RU) only',
      'no source independent of the parties states how much it could see',
    ]) assert.ok(said.includes(s), `the first page does not say: ${s}`)
    // It is said before the lists, and on the first screens.
    const top = await page.locator('text=What the two sides claimed').first().boundingBox()
    assert.ok(top.y < 3 * 900, `what was claimed is ${top.y} px down`)
    await page.context().close()
  })
}

test('a journalist looks a place up, reads an incident, cites it and verifies the record', { timeout: 180_000 }, async () => {
  const page = await room.person()
  await page.goto(room.home)
  await room.drawn(page)
  await page.click('.filter summary')
  await page.fill('[name=q]', 'ter maela')
  await page.click('.filters button')
  await page.waitForURL(/q=ter/)
  await page.click('.cards a.open')
  await page.waitForURL(/\/incidents\/[0-9a-f]{64}/)
  await room.drawn(page)
  await room.looked(page, 'incident')
  const [proof] = await Promise.all([page.waitForEvent('download'), page.click('a[href*="/proof/"]')])
  assert.match(readFileSync(await proof.path(), 'utf8'), /c2sp\.org\/tlog-proof/)
  const cite = await page.textContent('article section:last-child code')
  await page.goto(cite)
  assert.match(await page.textContent('h1'), /\w/)
  await page.goto(room.home + '/record')
  await room.looked(page, 'record')
  await page.click('#verify button')
  await page.waitForFunction(() => /verified: entries \d+/.test(document.querySelector('#verify output').textContent), null, { timeout: 60_000 })
  const [csv] = await Promise.all([page.waitForEvent('download'), (async () => { await page.goto(room.home + '/incidents'); await page.click('a[href*="format=csv"]') })()])
  assert.match(readFileSync(await csv.path(), 'utf8'), /^id,status,from/)
  await page.context().close()
})

test('a finding of days says what it rests on, and that the readings differ', { timeout: 120_000 }, async () => {
  const page = await room.person()
  await page.goto(room.home + '/days')
  await room.looked(page, 'findings of days')
  await page.click('a[href^="/days/"]:has-text("28 Feb 2016")')
  await page.waitForURL(/\/days\/[0-9a-f]{64}/)
  await room.looked(page, 'a finding of days')
  const text = (await page.textContent('main')).replace(/\s+/g, ' ')
  assert.match(text, /readings differ/)
  assert.match(text, /This is not an incident/)
  await page.context().close()
})
