// The pictures of the README, made from the demo: the first page of the room and of the report.
// They need the program (make build), Chromium and npm; make pictures runs this.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '../../..')
const truce = process.env.TRUCE ? resolve(process.env.TRUCE) : join(root, 'truce')
const dir = mkdtempSync(join(tmpdir(), 'truce-pictures-'))
let server, browser
try {
  execFileSync(truce, ['demo', '--out', dir], { stdio: 'ignore' })
  server = spawn(truce, ['serve', join(dir, 'mission'), '--addr', '127.0.0.1:0'])
  const home = await new Promise((ready, fail) => {
    const give = setTimeout(() => fail(new Error('the room did not open')), 120_000)
    let said = ''
    server.stdout.on('data', (d) => {
      said += d
      const at = /is at (\S+)/.exec(said)?.[1]
      if (at) { clearTimeout(give); ready(at) }
    })
    server.on('exit', (code) => fail(new Error(`the room ended: ${code}`)))
  })
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--no-first-run'] })
  const shot = async (name, url, height, drawn) => {
    const context = await browser.newContext({ viewport: { width: 1280, height }, locale: 'en-GB', timezoneId: 'Europe/Vienna' })
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 })
    if (drawn) await page.waitForSelector(drawn, { timeout: 120_000 }) // a busy machine takes its time
    await page.screenshot({ path: join(root, 'doc/pictures', name), timeout: 60_000 })
    await context.close()
  }
  await shot('syria-room.png', home, 1400, '.map[data-idle]')
  await shot('syria-report.png', 'file://' + join(dir, 'report.html'), 1500)
} finally {
  await browser?.close()
  server?.kill('SIGTERM')
  rmSync(dir, { recursive: true, force: true })
}
