// What people type is not lost, in a real browser: forms that are refused, sessions
// that end while somebody writes, two who decide at once, texts that would disturb the
// page around them. With PICTURES=1 it leaves what it saw in doc/pictures; with SHOTS
// it leaves it there, also dark and narrow.
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { code, fresh } from '../factor.mjs'

const root = resolve(import.meta.dirname, '../../../..')
const truce = process.env.TRUCE ? resolve(process.env.TRUCE) : join(root, 'truce')
const pictures = process.env.SHOTS ?? (process.env.PICTURES ? join(root, 'doc/pictures') : '')
const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8')

let dir, server, browser, home
const links = {}, secrets = {}
const complaints = []

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'truce-forms-'))
  execFileSync(truce, ['demo', 'alaska', '--out', dir], { stdio: 'ignore' })
  server = spawn(truce, ['serve', join(dir, 'mission'), '--demo', '--addr', '127.0.0.1:0'])
  let said = ''
  server.stderr.on('data', (d) => process.stderr.write(d))
  await new Promise((ready, fail) => {
    const give = setTimeout(() => fail(new Error('the room did not open: ' + said)), 180_000)
    server.stdout.on('data', (d) => {
      said += d
      home = /is at (\S+)/.exec(said)?.[1]
      for (const [, name, url] of said.matchAll(/^ {2}(\S+)\s+(http\S+)$/gm)) links[name] = url
      if (links['guarantor-1']) { clearTimeout(give); ready() }
    })
    server.on('exit', (code) => fail(new Error(`the room ended: ${code} ${said}`)))
  })
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--no-first-run'] })
}, { timeout: 240_000 })

after(async () => {
  await browser?.close()
  server?.kill('SIGTERM')
  await new Promise((r) => server?.once('exit', r) ?? r())
  rmSync(dir, { recursive: true, force: true })
  assert.deepEqual(complaints, [], 'what browsers complained of')
}, { timeout: 60_000 })

async function person(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Vienna', ...options })
  const page = await context.newPage()
  // That a form is refused is what these tests are about.
  page.on('console', (m) => { if (m.type() === 'error' && !/status of (401|404|409|422)/.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`) })
  page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e.message}`))
  return page
}

const password = 'correct horse battery'

async function signIn(page, name, digits) {
  await page.fill('[name=name]', name)
  await page.fill('[name=password]', password)
  await page.fill('[name=code]', digits ?? await fresh(secrets[name]))
  await page.click('form[action="/sign-in"] button')
}

async function joined(name, options) {
  const page = await person(options)
  await page.goto(links[name])
  secrets[name] = await page.inputValue('[name=secret]')
  await page.fill('[name=password]', password)
  await page.fill('[name=again]', password)
  await page.fill('[name=code]', await fresh(secrets[name]))
  await page.click('form.act button')
  await page.waitForURL('**/sign-in')
  await signIn(page, name)
  await page.waitForSelector('.me button')
  return page
}

// The session of a browser ends, as after twelve hours.
const sessionEnds = (page) => page.context().clearCookies({ name: 'truce' })

async function looked(page, name) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')}`))
  assert.deepEqual(found, [], `${name}: ${page.url()}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(wide <= 0, `${name}: ${wide} px wider than its window`)
}

// seen looks at a page light, dark and narrow, and leaves pictures of it.
async function seen(page, name) {
  const size = page.viewportSize()
  for (const [how, scheme, width] of [['', 'light', 1280], ['-dark', 'dark', 1280], ['-narrow', 'light', 390]]) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 900 })
    await looked(page, name + how)
    if (pictures && (how === '' || process.env.SHOTS)) {
      mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: join(pictures, `${name}${how}.png`), fullPage: Boolean(process.env.SHOTS) })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(size)
}

const observeForm = (page) => page.locator('form[action="/observe"]')
const decideForm = (page) => page.locator('form[action$="/decide"]:has(select[name=kind])')

async function observed(page, values) {
  await page.goto(home + '/observe')
  const form = observeForm(page)
  await form.locator('[name=act]').selectOption('strike')
  await form.locator('[name=weapon]').selectOption('missile')
  for (const [k, v] of Object.entries({ from: '2025-08-21T10:05', lat: '48.5000', lon: '35.0000', radius: '300', because: 'log of patrol 3', ...values })) await form.locator(`[name="${k}"]`).fill(v)
  await form.locator('button').click()
  await page.waitForURL(/\/incidents\/[0-9a-f]{64}\?done=observe/)
  return page.url().replace(/\?.*/, '')
}

let monitor, verification, head

test('the field form has no act chosen, and says all that is wrong with it at once', { timeout: 180_000 }, async () => {
  monitor = await joined('monitor-1')
  await monitor.waitForURL('**/observe')
  assert.equal(await observeForm(monitor).locator('[name=act]').inputValue(), '', 'an act is chosen beforehand')
  assert.equal(await monitor.locator('form[action="/restrict"] [name=by]').inputValue(), '', 'who denied access is chosen beforehand')
  await seen(monitor, 'form-observe')
  const form = observeForm(monitor)
  await form.locator('[name=lat]').fill('95.2')
  await form.locator('[name=radius]').fill('5k')
  await form.locator('[name=because]').fill('an hour of work')
  await form.locator('button').click()
  const summary = monitor.locator('#again')
  await summary.waitFor()
  assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary is read first')
  assert.deepEqual(await summary.locator('a').evaluateAll((list) => list.map((a) => a.getAttribute('href'))), ['#f-act', '#f-from', '#f-lat', '#f-lon', '#f-radius'])
  assert.equal(await form.locator('[name=because]').inputValue(), 'an hour of work')
  assert.equal(await form.locator('[name=lat]').inputValue(), '95.2')
  assert.match(await monitor.title(), /^Error: /)
  await seen(monitor, 'form-refused')
  await summary.locator('a[href="#f-lat"]').click()
  const lat = form.locator('[name=lat]')
  assert.equal(await lat.evaluate((e) => e === document.activeElement), true, 'a link leads into its field')
  const says = await lat.evaluate((e) => document.getElementById(e.getAttribute('aria-describedby')).textContent)
  assert.match(says, /95\.2/)
  // Corrected, it is recorded.
  await form.locator('[name=act]').selectOption('strike')
  await form.locator('[name=from]').fill('2025-08-21T09:05')
  await lat.fill('48.9')
  await form.locator('[name=lon]').fill('36.1')
  await form.locator('[name=radius]').fill('500')
  await form.locator('button').click()
  await monitor.waitForURL(/done=observe/)
  assert.match(await monitor.textContent('article'), /an hour of work/)
})

test('the decision form as it opens, and a merge with an unknown incident, come back with the text', { timeout: 180_000 }, async () => {
  const at = await observed(monitor, { from: '2025-08-21T11:05' })
  verification = await joined('verification-1')
  await verification.goto(at)
  const form = decideForm(verification)
  assert.equal(await form.locator('[name=kind]').inputValue(), '')
  assert.equal(await form.locator('[name=article]').inputValue(), '1', 'the only article that applies is chosen')
  await form.locator('button').click()
  await verification.locator('#again').waitFor()
  assert.deepEqual(await verification.locator('#again a').evaluateAll((list) => list.map((a) => a.getAttribute('href'))), ['#f-kind', '#f-because'])
  await form.locator('[name=kind]').selectOption('merge')
  await form.locator('[name=with]').fill('ffffffffffff')
  await form.locator('[name=because]').fill('one salvo, two reports')
  await form.locator('button').click()
  await verification.waitForFunction(() => document.querySelector('#again a')?.getAttribute('href') === '#f-with')
  assert.equal(await form.locator('[name=because]').inputValue(), 'one salvo, two reports')
  assert.equal(await form.locator('[name=with]').inputValue(), 'ffffffffffff')
  assert.equal(await form.locator('[name=kind]').inputValue(), 'merge')
  await seen(verification, 'form-merge')
})

test('two people decide at once: the second is told, and asked', { timeout: 180_000 }, async () => {
  head = await joined('head-of-mission')
  const at = await observed(monitor, { from: '2025-08-21T12:05', lat: '49.1' })
  await Promise.all([verification.goto(at), head.goto(at)])
  for (const [page, kind, why] of [[verification, 'confirm', 'fragments were examined'], [head, 'reject', 'it was a drill, announced in time']]) {
    await decideForm(page).locator('[name=kind]').selectOption(kind)
    await decideForm(page).locator('[name=because]').fill(why)
  }
  await decideForm(verification).locator('button').click()
  await verification.locator('#again').waitFor() // one source is below the floor
  assert.match(await verification.locator('#again').textContent(), /This decision is doubtful.*below the floor/s)
  await seen(verification, 'form-doubtful')
  await decideForm(verification).locator('[name=anyway]').check()
  await decideForm(verification).locator('button').click()
  await verification.waitForURL(/done=confirm/)
  await decideForm(head).locator('button').click()
  const summary = head.locator('#again')
  await summary.waitFor()
  assert.match(await summary.textContent(), /confirm as a violation.*article 1.*verification officer.*fragments were examined.*it contradicts decision/s)
  assert.equal(await decideForm(head).locator('[name=because]').inputValue(), 'it was a drill, announced in time')
  assert.equal(await decideForm(head).locator('[name=anyway]').isChecked(), false)
  await seen(head, 'form-decided-meanwhile')
  await decideForm(head).locator('button').click() // without the choice it asks again
  await head.waitForFunction(() => document.querySelector('#again') && document.querySelector('[name=anyway]'))
  assert.match(await head.textContent('article'), /decided violation/)
  await decideForm(head).locator('[name=anyway]').check()
  await decideForm(head).locator('button').click()
  await head.waitForURL(/done=reject/)
})

test('a session ends while somebody writes: they sign in, and go on with their text', { timeout: 180_000 }, async () => {
  await monitor.goto(home + '/observe')
  const form = observeForm(monitor)
  await form.locator('[name=act]').selectOption('explosion')
  await form.locator('[name=from]').fill('2025-08-21T13:05')
  await form.locator('[name=where][value=region]').check()
  await form.locator('[name=place]').fill('Kharkiv')
  await form.locator('[name=because]').fill('heard from the roof, twice')
  await sessionEnds(monitor)
  await form.locator('button').click()
  await monitor.waitForSelector('form[action="/sign-in"]')
  assert.doesNotMatch(await monitor.textContent('main'), /Your role may not/)
  assert.match(await monitor.textContent('main'), /Your session has ended/)
  await seen(monitor, 'form-session-ended')
  await signIn(monitor, 'monitor-1', code(secrets['monitor-1'], Date.now() - 300_000)) // a wrong code loses nothing
  await monitor.waitForFunction(() => document.querySelector('main').textContent.includes('not right'))
  await signIn(monitor, 'monitor-1')
  await monitor.waitForSelector('#again')
  assert.match(await monitor.textContent('#again'), /Nothing has been sent yet/)
  assert.equal(await form.locator('[name=because]').inputValue(), 'heard from the roof, twice')
  assert.equal(await form.locator('[name=act]').inputValue(), 'explosion')
  assert.equal(await form.locator('[name=where][value=region]').isChecked(), true)
  await seen(monitor, 'form-is-back')
  await form.locator('button').click()
  await monitor.waitForURL(/done=observe/)
  assert.match(await monitor.textContent('article'), /heard from the roof, twice/)
})

test('with a passkey too; and another person in the same browser does not get the text', { timeout: 180_000 }, async () => {
  const page = await person()
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
  await page.goto(links['duty-1'])
  await page.click('#passkey button')
  await page.waitForURL('**/sign-in')
  await page.click('#passkey button')
  await page.waitForURL('**/desk')
  const write = async (text) => {
    await page.goto(home + '/desk')
    await page.locator('form:has([value=note]) [name=text]').fill(text)
    await sessionEnds(page)
    await page.locator('form:has([value=note]) button').click()
    await page.waitForSelector('form[action="/sign-in"]')
  }
  await write('the bridge is closed')
  await page.click('#passkey button')
  await page.waitForSelector('#again')
  assert.equal(await page.locator('form:has([value=note]) [name=text]').inputValue(), 'the bridge is closed')
  await page.locator('form:has([value=note]) button').click()
  await page.waitForURL('**/desk')
  assert.match(await page.textContent('main'), /the bridge is closed/)
  await write('for my eyes alone')
  await signIn(page, 'verification-1')
  await page.waitForURL(/done=not-back/)
  assert.doesNotMatch(await page.content(), /for my eyes alone/)
  await page.context().close()
})

test('a text that turns direction, and a word without end, stay where they are', { timeout: 180_000 }, async () => {
  const word = 'Donau' + 'dampfschifffahrt'.repeat(40)
  const at = await observed(monitor, { from: '2025-08-21T14:05', lat: '47.9', because: `a report \u202egnp.exe of ${word} and \u2067 more` })
  await verification.goto(at)
  const text = await verification.textContent('article')
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/)
  assert.match(text, /\[U\+202E\]gnp\.exe/)
  await seen(verification, 'form-hostile-text')
  // What follows on its line stands to the right of it, as it was written.
  const turned = await verification.evaluate(() => {
    const note = [...document.querySelectorAll('q bdi')].find((e) => e.textContent.includes('U+202E'))
    const node = note.firstChild, at = node.data.indexOf('gnp')
    const x = (i) => { const r = document.createRange(); r.setStart(node, i); r.setEnd(node, i + 1); return r.getBoundingClientRect().left }
    return [x(at), x(at + 1), x(at + 2)]
  })
  assert.deepEqual(turned, turned.toSorted((a, b) => a - b))
  // In a form it is what was typed.
  await decideForm(verification).locator('[name=because]').fill('why \u202ethis')
  await decideForm(verification).locator('button').click()
  await verification.locator('#again').waitFor()
  assert.equal(await decideForm(verification).locator('[name=because]').inputValue(), 'why \u202ethis')
  await verification.goto(home + '/desk')
  await verification.locator('form:has([value=note]) [name=text]').fill(`\u202e${word}`)
  await verification.locator('form:has([value=note]) button').click()
  await verification.waitForFunction(() => document.querySelector('main').textContent.includes('[U+202E]'))
  await seen(verification, 'form-hostile-desk')
})

test('a page for an error is of the present', { timeout: 60_000 }, async () => {
  const page = await person()
  for (const path of ['/nothing', '/incidents/' + '0'.repeat(64), '/incidents?at=never']) {
    await page.goto(home + path)
    assert.doesNotMatch(await page.textContent('body'), /1970/, path)
  }
  await seen(page, 'form-fault')
  await page.context().close()
})
