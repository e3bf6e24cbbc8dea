// Pictures of nothing, of one incident, of a hundred and of a hundred thousand, in a
// real browser: what they say, that they pan, and what a screen reader is told. How
// smoothly is printed, and not asserted: these machines are shared, and draw without
// a graphics card. With PICTURES=1 it leaves what it saw in doc/pictures.
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '../../../..')
const truce = process.env.TRUCE ? resolve(process.env.TRUCE) : join(root, 'truce')
const bench = process.env.TRUCE_BENCH ? resolve(process.env.TRUCE_BENCH) : join(root, 'truce-bench') // makes large missions
const pictures = process.env.PICTURES ? join(root, 'doc/pictures') : ''
const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8')

let dir, browser
const servers = new Set()
const complaints = []

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'truce-scale-'))
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--no-first-run'] })
}, { timeout: 60_000 })

after(async () => {
  await browser?.close()
  for (const s of servers) s.kill('SIGKILL') // of a test that failed
  rmSync(dir, { recursive: true, force: true })
  assert.deepEqual(complaints, [], 'what browsers complained of')
})

// opened makes a mission of so many observations, and opens its room.
async function opened(n) {
  const mission = join(dir, String(n))
  if (n === 0) execFileSync(truce, ['init', mission, '--agreement', join(root, 'agreements/ukraine-air-first')], { stdio: 'ignore' })
  else execFileSync(bench, ['load', '--observations', String(n), '--for', '0s', '--mission', mission], { stdio: 'ignore' })
  const server = spawn(truce, ['serve', mission, '--addr', '127.0.0.1:0'])
  servers.add(server)
  server.on('exit', () => servers.delete(server))
  server.stderr.on('data', (d) => process.stderr.write(d))
  let said = ''
  const home = await new Promise((ready, fail) => {
    server.stdout.on('data', (d) => {
      said += d
      const at = /is at (\S+)/.exec(said)?.[1]
      if (at) ready(at)
    })
    server.on('exit', (code) => fail(new Error(`the room ended: ${code} ${said}`)))
  })
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })).newPage()
  page.on('console', (m) => { if (m.type() === 'error') complaints.push(`${n}: ${page.url()}: ${m.text()}`) })
  page.on('pageerror', (e) => complaints.push(`${n}: ${page.url()}: ${e.message}`))
  return {
    page, home,
    close: async () => {
      await page.context().close()
      server.kill('SIGTERM')
      await new Promise((r) => server.once('exit', r))
    },
  }
}

const drawn = (page) => page.waitForSelector('.map[data-idle]', { timeout: 150_000 }) // a busy room's tiles are asked for again

async function looked(page, name) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.help}`))
  assert.deepEqual(found, [], name)
  if (!pictures || !name.startsWith('picture')) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

// tiles counts the incident tiles that hold anything.
function tiles(page) {
  const seen = { asked: 0, full: 0 }
  page.on('response', async (r) => {
    if (!r.url().includes('/tiles/incidents/')) return
    seen.asked++
    if (r.status() === 200 && (await r.body().catch(() => [])).length > 100) seen.full++ // an empty layer has its name
  })
  return seen
}

for (const [n, total] of [[0, /^0$/], [1, /^1$/], [100, /^\d\d$/]]) {
  test(`a picture of ${n} observations`, { timeout: 120_000 }, async () => {
    const room = await opened(n)
    const seen = tiles(room.page)
    await room.page.goto(room.home)
    await drawn(room.page)
    await looked(room.page, `picture-of-${n}`)
    const cards = await room.page.locator('.cards a.open').count()
    assert.ok(n === 0 ? cards === 0 : cards >= 1, `${cards} cards`)
    const words = (await room.page.textContent('.chosen h2 .soft')).replace(/[^\d]/g, '')
    assert.match(words, total, 'how many there are')
    if (n === 0) {
      assert.match(await room.page.textContent('.words'), /nobody|Nothing|not/i, 'that nothing is known is not said to be quiet')
      assert.equal(seen.full, 0)
    }
    for (const path of ['/incidents', '/record', '/agreement', '/reports']) {
      await room.page.goto(room.home + path)
      await looked(room.page, `${path.slice(1)}-of-${n}`)
    }
    await room.close()
  })
}

test('tiles that a busy room refused are asked for again, and the map says meanwhile that it is incomplete', { timeout: 180_000 }, async () => {
  const room = await opened(100)
  const { page } = room
  const seen = tiles(page)
  let refused = 0
  await page.route(/\/(tiles\/incidents|map\/agreement)/, (route) => {
    if (refused >= 4) return route.fallback()
    refused++
    return route.fulfill({ status: 429, headers: { 'Retry-After': '5' }, body: 'busy' })
  })
  await page.goto(room.home)
  await page.waitForFunction(() => /still missing/.test(document.querySelector('.incomplete')?.textContent ?? ''), undefined, { timeout: 60_000 })
  assert.equal(await page.locator('.map[data-idle]').count(), 0, 'an incomplete map is said to be drawn')
  await drawn(page)
  assert.ok(refused >= 4 && seen.full > 0, `${refused} refused, ${seen.full} tiles that hold anything`)
  assert.ok(Number(await page.locator('.map').getAttribute('data-incidents')) > 0, 'no incident is on the map')
  assert.equal(await page.textContent('.incomplete'), '')
  await room.close()
})

test('a hundred thousand incidents pan and zoom, and are told to a screen reader', { timeout: 400_000 }, async (t) => {
  const room = await opened(220_000)
  const { page } = room
  const seen = tiles(page)
  await page.goto(room.home + '/?from=2025-08-15&to=2026-06-01')
  await drawn(page)
  await looked(page, 'picture-of-100000')
  const incidents = Number((await page.textContent('.chosen h2 .soft')).replace(/[^\d]/g, ''))
  assert.ok(incidents >= 100_000, `${incidents} incidents`)
  assert.ok(seen.full > 0, 'no tile holds an incident')
  const box = await page.locator('#map').boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.evaluate(() => {
    window.frames_ = []
    let last = performance.now()
    const beat = (now) => { window.frames_.push(now - last); last = now; window.beat_ = requestAnimationFrame(beat) }
    window.beat_ = requestAnimationFrame(beat)
  })
  const before = seen.asked
  for (const [dx, dy] of [[-200, 0], [0, -120], [200, 80], [-150, 100], [120, -60]]) {
    await page.mouse.move(x, y)
    await page.mouse.down()
    for (let i = 1; i <= 20; i++) await page.mouse.move(x + dx * i / 20, y + dy * i / 20)
    await page.mouse.up()
    await drawn(page)
  }
  const frames = await page.evaluate(() => { cancelAnimationFrame(window.beat_); return window.frames_.sort((a, b) => a - b) })
  const at = (q) => frames[Math.min(frames.length - 1, Math.floor(q * frames.length))].toFixed(0)
  t.diagnostic(`panning ${incidents} incidents: ${frames.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms; ${seen.asked - before} tiles asked for`)
  assert.ok(seen.asked > before, 'panning asked for no tiles')
  const zoomed = seen.full
  for (let i = 0; i < 6; i++) { await page.mouse.move(x, y); await page.mouse.wheel(0, -600); await page.waitForTimeout(300) }
  await drawn(page)
  assert.ok(seen.full > zoomed, 'zooming in shows nothing')
  await looked(page, 'picture-of-100000-near')
  // What is there for who sees no map: landmarks, headings in order, outcomes in
  // words, and the list of what the map shows.
  const told = await page.locator('body').ariaSnapshot()
  for (const want of [/- banner/, /- main/, /- navigation/, /heading "Articles" \[level=2\]/, /region "Map"|region "The map"|region/, /uncorroborated|apparent violation/i, /link ".*strike/i]) {
    assert.match(told, want, `a screen reader is not told ${want}`)
  }
  const levels = [...told.matchAll(/heading .*\[level=(\d)\]/g)].map((m) => Number(m[1]))
  levels.forEach((l, i) => assert.ok(i === 0 || l <= levels[i - 1] + 1, `heading ${i} leaps from ${levels[i - 1]} to ${l}`))
  assert.equal(levels.filter((l) => l === 1).length, 1, 'one heading of the first level')
  await room.close()
})
