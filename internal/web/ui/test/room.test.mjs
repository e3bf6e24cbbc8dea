// Walks each role's day through the room in a real browser, over a real mission: the
// Alaska demo's twelve days (demo.test.mjs has the journalist's, over the Syrian demo). It fails on any error of the console, on what axe-core finds
// against WCAG 2.2 AA, and on pages wider than their window. With PICTURES=1 it
// leaves what it saw in doc/pictures.
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { fresh } from '../factor.mjs'

const root = resolve(import.meta.dirname, '../../../..')
const truce = process.env.TRUCE ? resolve(process.env.TRUCE) : join(root, 'truce')
const pictures = process.env.PICTURES ? join(root, 'doc/pictures') : ''
const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8')

let dir, server, browser, home
const links = {}
const complaints = []

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'truce-room-'))
  execFileSync(truce, ['demo', 'alaska', '--out', dir], { stdio: 'ignore' })
  server = spawn(truce, ['serve', join(dir, 'mission'), '--demo', '--addr', '127.0.0.1:0'])
  let said = ''
  server.stderr.on('data', (d) => process.stderr.write(d))
  await new Promise((ready, fail) => {
    const give = setTimeout(() => fail(new Error('the room did not open: ' + said)), 120_000)
    server.stdout.on('data', (d) => {
      said += d
      home = /is at (\S+)/.exec(said)?.[1]
      for (const [, name, url] of said.matchAll(/^ {2}(\S+)\s+(http\S+)$/gm)) links[name] = url
      if (links['guarantor-1']) { clearTimeout(give); ready() }
    })
    server.on('exit', (code) => fail(new Error(`the room ended: ${code} ${said}`)))
  })
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--no-first-run'] })
}, { timeout: 180_000 })

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
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 409/.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`) })
  page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e.message}`))
  return page
}

const password = 'correct horse battery'

// join sets an account up by password and second factor, and signs in.
async function joined(name, options) {
  const page = await person(options)
  await page.goto(links[name])
  const secret = await page.inputValue('[name=secret]')
  await page.fill('[name=password]', password)
  await page.fill('[name=again]', password)
  await page.fill('[name=code]', await fresh(secret))
  await page.click('form.act button')
  await page.waitForURL('**/sign-in')
  await page.fill('[name=name]', name)
  await page.fill('[name=password]', password)
  await page.fill('[name=code]', await fresh(secret))
  await page.click('form.act button')
  await page.waitForSelector('.me button')
  return page
}

// looked checks a page as it stands: axe-core, and that it is no wider than its window.
async function looked(page, name) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')}`))
  assert.deepEqual(found, [], `${name}: ${page.url()}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(wide <= 0, `${name}: ${wide} px wider than its window`)
}

async function picture(page, name, fullPage = false) {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage })
}

const drawn = (page) => page.waitForSelector('.map[data-idle]', { timeout: 60_000 })

test('j, k, enter and ? work; every state is an address that gives the same picture', { timeout: 120_000 }, async () => {
  const page = await person()
  await page.goto(home + '/incidents?order=earliest')
  const first = await page.textContent('tr[data-id] a.open')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/incidents\/[0-9a-f]{64}/)
  assert.ok((await page.textContent('.lead')).includes(first.trim().slice(0, 9)))
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Escape')
  await page.goto(home + '/?from=2025-08-18&to=2025-08-20&article=1')
  await drawn(page)
  const shown = (p) => Promise.all(['.board', '.chosen', '.time figure', '.words', '.cut'].map((e) => p.textContent(e)))
  const a = await shown(page), url = page.url()
  const other = await person()
  await other.goto(url)
  assert.deepEqual((await shown(other)).slice(0, 4), a.slice(0, 4))
  await other.goto(home + '/?at=2025-08-17T00:00:00Z')
  assert.match(await other.textContent('.known'), /17 Aug 2025/)
  assert.notEqual(await other.textContent('.chosen h2'), await page.textContent('.chosen h2'))
  await page.context().close()
  await other.context().close()
})

test('a monitor joins with a passkey and records an observation; the picture hears of it', { timeout: 180_000 }, async () => {
  const watcher = await person()
  await watcher.goto(home)
  await drawn(watcher)
  const page = await person()
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
  await page.goto(links['monitor-1'])
  await looked(page, 'join')
  await page.click('#passkey button')
  await page.waitForURL('**/sign-in')
  await looked(page, 'sign-in')
  await page.click('#passkey button')
  await page.waitForURL('**/observe')
  await looked(page, 'observe')
  const form = page.locator('form[action="/observe"]')
  await form.locator('[name=act]').selectOption('strike')
  await form.locator('[name=weapon]').selectOption('missile')
  await form.locator('[name=from]').fill('2025-08-21T10:05')
  await form.locator('[name=lat]').fill('48.5000')
  await form.locator('[name=lon]').fill('35.0000')
  await form.locator('[name=radius]').fill('300')
  await form.locator('[name=grade]').fill('B2')
  await form.locator('[name=because]').fill('log of patrol 3')
  await form.locator('button').click()
  await page.waitForURL(/\/incidents\/[0-9a-f]{64}\?done=observe/)
  assert.match(await page.textContent('.done'), /Observation recorded/)
  const text = await watcher.waitForSelector('#news button', { timeout: 15_000 })
  assert.match(await text.textContent(), /new: 1/)
  const before = await watcher.textContent('.chosen h2')
  assert.equal(await watcher.textContent('.chosen h2'), before, 'the reader’s place was taken')
  await text.click()
  await watcher.waitForFunction((was) => document.querySelector('.chosen h2').textContent !== was, before)
  await page.context().close()
  await watcher.context().close()
})

test('a verification officer works through the desk, decides, and an earlier moment stays what it was', { timeout: 180_000 }, async () => {
  const page = await joined('verification-1')
  await page.waitForURL('**/desk')
  await looked(page, 'desk')
  await picture(page, 'desk')
  await page.click('.kinds a[href*=uncorroborated]')
  await page.click('tr[data-id]:last-child a.open') // one of the demo's, known in 2025
  await page.waitForURL(/\/incidents\//)
  await looked(page, 'incident for a verification officer')
  await page.click('form:has([value=owner]) button')
  await page.waitForSelector('form[action^="/work/"] button') // it is theirs now, and can be given back
  await page.click('details:has([value=grade]) summary')
  const grade = page.locator('form[action$="/decide"]:has([value=grade])')
  await grade.locator('[name=source]').selectOption('B')
  await grade.locator('[name=info]').selectOption('2')
  await grade.locator('[name=because]').fill('its photographs were geolocated')
  await grade.locator('button').click()
  await page.waitForURL(/done=grade/)
  await page.click('details:has([value=ask]) summary')
  const ask = page.locator('form[action$="/decide"]:has([value=ask])')
  await ask.locator('[name=fact]').selectOption('weapon')
  await ask.locator('[name=because]').fill('which weapon was it?')
  await ask.locator('button').click()
  await page.waitForURL(/done=ask/)
  await looked(page, 'incident with a grade and a question')
  assert.match(await page.textContent('article'), /B2/)
  const form = page.locator('form[action$="/decide"]:has(select[name=kind])')
  await form.locator('[name=kind]').selectOption('confirm')
  await form.locator('[name=article]').selectOption({ index: 1 })
  await form.locator('[name=because]').fill('fragments examined on site')
  await form.locator('button').click()
  // One source is below the article's floor: the form says so, and asks.
  await page.locator('#again').waitFor()
  assert.match(await page.locator('#again').textContent(), /below the floor that the article asks for/)
  await form.locator('[name=anyway]').check()
  await form.locator('button').click()
  await page.waitForURL(/done=confirm/)
  assert.match(await page.textContent('article'), /decided violation/)
  assert.match(await page.textContent('article'), /fragments examined on site/)
  await picture(page, 'incident', true)
  const id = page.url().match(/incidents\/([0-9a-f]{64})/)[1]
  await page.goto(`${home}/incidents/${id}?at=2025-08-25T00:00:00Z`)
  assert.doesNotMatch(await page.textContent('article'), /decided violation/)
  await page.goto(home)
  assert.match(await page.textContent('.board'), /violations decided\s*1/)
  await page.context().close()
})

test('both parties allege, notify and answer, and see the same', { timeout: 180_000 }, async () => {
  const ua = await joined('ua-1'), ru = await joined('ru-1')
  await ua.waitForURL('**/party')
  await looked(ua, 'party room')
  const form = ua.locator('form[action="/party/allege"]')
  await form.locator('[name=act]').selectOption('strike')
  await form.locator('[name=from]').fill('2025-08-20T10:05')
  await form.locator('[name=where][value=region]').check()
  await form.locator('[name=place]').fill('Kharkiv')
  await form.locator('[name=because]').fill('report of the post')
  await form.locator('button').click()
  await ua.waitForURL(/done=allege/)
  const notice = ru.locator('form[action="/party/notify"]')
  await notice.locator('[name=act]').selectOption('explosion')
  await notice.locator('[name=from]').fill('2025-08-22T10:00')
  await notice.locator('[name=to]').fill('2025-08-22T12:00')
  await notice.locator('[name=lat]').fill('48.0')
  await notice.locator('[name=lon]').fill('38.5')
  await notice.locator('[name=radius]').fill('2000')
  await notice.locator('[name=because]').fill('destruction of found shells')
  await notice.locator('button').click()
  await ru.waitForURL(/done=notify/)
  const both = async (p) => (await (await p.goto(home + '/incidents?outcome=alleged-only'), p.textContent('main')))
  assert.equal(await both(ua), await both(ru))
  await ua.goto(home + '/party')
  await ru.goto(home + '/party')
  const said = (p) => p.textContent('#both')
  assert.match(await said(ua), /destruction of found shells|RU/)
  await picture(ua, 'party-room', true)
  await ua.context().close()
  await ru.context().close()
})

test('the head of mission invites, sees who read what, and ends an account', { timeout: 180_000 }, async () => {
  const page = await joined('head-of-mission')
  await page.goto(home + '/people')
  await looked(page, 'people')
  const form = page.locator('form[action="/people"]')
  await form.locator('[name=name]').fill('reader-7')
  await form.locator('[name=role]').selectOption('reader')
  await form.locator('[name=because]').fill('a researcher')
  await form.locator('button').click()
  assert.match(await page.textContent('#link'), /\/join\//)
  const row = page.locator('tr', { hasText: 'reader-7' })
  await row.locator('summary').click()
  await row.locator('[name=because]').fill('no longer needed')
  await row.locator('details button').click()
  await page.waitForFunction(() => [...document.querySelectorAll('tr')].some((r) => /reader-7/.test(r.textContent) && /ended/.test(r.textContent)))
  await page.goto(home + '/reads')
  await looked(page, 'reads')
  await page.goto(home + '/agreement')
  await drawn(page)
  await looked(page, 'agreement')
  await picture(page, 'agreement', true)
  await page.click('.me button')
  await page.waitForSelector('.me a')
  await page.goto(home + '/people')
  assert.match(page.url(), /sign-in/)
  await page.context().close()
})

test('without script every page says the same, and one can sign in', { timeout: 120_000 }, async () => {
  const page = await person({ javaScriptEnabled: false })
  for (const path of ['/', '/incidents', '/agreement', '/record', '/reports', '/sign-in']) {
    await page.goto(home + path)
    assert.ok((await page.textContent('main')).trim().length > 20, path)
  }
  await page.goto(home)
  assert.ok(await page.locator('.map img').evaluate((i) => i.complete && i.naturalWidth > 0), 'a drawing stands in for the map')
  const duty = await joined('duty-1', { javaScriptEnabled: false })
  await duty.waitForURL('**/desk')
  await duty.context().close()
  await page.context().close()
})

test('a broken link is said, and what stands there is dated', { timeout: 120_000 }, async () => {
  const sockets = new Set()
  const to = new URL(home)
  const link = createServer((a) => {
    const b = connect(Number(to.port), '127.0.0.1')
    for (const x of [a, b]) { sockets.add(x); x.on('error', () => {}) }
    a.pipe(b).pipe(a)
  })
  await new Promise((r) => link.listen(0, '127.0.0.1', r))
  const page = await person()
  await page.goto(`http://localhost:${link.address().port}/`)
  await drawn(page)
  const quiet = complaints.length
  link.close()
  for (const x of sockets) x.destroy()
  await page.waitForSelector('#news .lost', { timeout: 30_000 })
  assert.match(await page.textContent('#news'), /The link to the server is broken.*\d{4}/s)
  assert.ok((await page.textContent('.cards')).length > 100, 'what was known still stands there')
  await picture(page, 'broken-link')
  complaints.splice(quiet) // that it is broken is what the console says too
  await page.context().close()
})

for (const [width, height] of [[360, 740], [1280, 900], [2560, 1440]]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const lang of ['en', 'uk', 'ar-XB']) {
      test(`pages at ${width} px, ${colorScheme}, ${lang}`, { timeout: 180_000 }, async () => {
        const page = await person({ viewport: { width, height }, colorScheme })
        for (const path of ['/', '/incidents', '/agreement', '/record']) {
          await page.goto(`${home}${path}?lang=${lang}`)
          if (path === '/' || path === '/agreement') await drawn(page)
          await looked(page, `${path} at ${width} px, ${colorScheme}, ${lang}`)
          if (path === '/' && (lang !== 'uk' || width === 1280)) await picture(page, `picture-${width}-${colorScheme}-${lang}`)
        }
        if (width === 2560 && lang === 'en') {
          await page.goto(home + '/?wall=1')
          await drawn(page)
          await looked(page, `wall, ${colorScheme}`)
          await picture(page, `wall-${colorScheme}`)
        }
        await page.context().close()
      })
    }
  }
}
