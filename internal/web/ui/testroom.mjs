// A room for tests in a real browser: a demo, served, and people who join it. Tests import
// it; nothing of it is in the pages. Tests of people at work use the Alaska demo: its terms
// bind now, each party has acts of its own to state, and its area takes invented crowds.
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { fresh } from './factor.mjs'

const root = resolve(import.meta.dirname, '../../..')
const truce = process.env.TRUCE ? resolve(process.env.TRUCE) : join(root, 'truce')
const axe = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8')
const password = 'correct horse battery'

// crowd adds invented reports to the Alaska demo, which is too small for pages and for crowds: a
// hundred strikes that are known to their day, forty of them at one place.
function crowd(dir) {
  const rows = ['id,day,lat,lon,village']
  for (let i = 0; i < 100; i++) {
    const [lat, lon, village] = i < 40 ? [50.45044, 30.52355, 'Kyiv'] : [48.2 + (i % 10) * 0.25, 26 + Math.floor(i / 10), `Village ${i}`]
    rows.push(`invented-${i},2025-08-${16 + i % 6},${lat.toFixed(5)},${lon.toFixed(5)},${village}`)
  }
  const file = join(dir, 'invented.csv'), mapping = join(dir, 'invented.yaml')
  writeFileSync(file, rows.join('\n') + '\n')
  writeFileSync(mapping, `source: viina
timezone: Europe/Kyiv
key: {column: id}
occurred: {column: day}
reported: {column: day}
act: strike
weapon: missile
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: "5000", name: {column: village}}
`)
  execFileSync(truce, ['ingest', join(dir, 'mission'), '--source', 'csv', '--mapping', mapping, '--known', 'reported', file], { stdio: 'ignore' })
}

/** A room with a browser before it: the Alaska demo with a crowd, or another demo as it is. */
export async function openRoom(demo = 'alaska') {
  const dir = mkdtempSync(join(tmpdir(), 'truce-room-'))
  execFileSync(truce, ['demo', demo, '--out', dir], { stdio: 'ignore' })
  if (demo === 'alaska') crowd(dir)
  const server = spawn(truce, ['serve', join(dir, 'mission'), '--demo', '--addr', '127.0.0.1:0'])
  const links = {}, complaints = []
  let home = '', said = ''
  server.stderr.on('data', (d) => process.stderr.write(d))
  await new Promise((ready, fail) => {
    const give = setTimeout(() => fail(new Error('the room did not open: ' + said)), 120_000)
    server.stdout.on('data', (d) => {
      said += d
      home = /is at (\S+)/.exec(said)?.[1] ?? ''
      for (const [, name, url] of said.matchAll(/^ {2}(\S+)\s+(http\S+)$/gm)) links[name] = url
      if (links['guarantor-1']) { clearTimeout(give); ready() }
    })
    server.on('exit', (c) => fail(new Error(`the room ended: ${c} ${said}`)))
  })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--no-first-run'] })
  const sessions = {}

  async function person(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Vienna', ...options })
    const page = await context.newPage()
    page.on('console', (m) => { if (m.type() === 'error' && !/status of 409/.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`) })
    page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e.message}`))
    return page
  }

  // joined is somebody of the mission or a party, signed in by password and code.
  async function joined(name, options = {}) {
    if (sessions[name]) return person({ storageState: sessions[name], ...options })
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
    sessions[name] = await page.context().storageState()
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

  return {
    home, person, joined, looked,
    drawn: (page) => page.waitForSelector('.map[data-idle]', { timeout: 60_000 }),
    async close() {
      await browser.close()
      server.kill('SIGTERM')
      await new Promise((r) => server.once('exit', r))
      rmSync(dir, { recursive: true, force: true })
      assert.deepEqual(complaints, [], 'what browsers complained of')
    },
  }
}
