// What the first page costs on a slow link: every byte that the room sends to a browser, headers,
// fonts, tiles and the map's worker included. They are counted on their way, since browsers do not
// say what their workers load.
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/weight.test.mjs
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { openRoom } from '../testroom.mjs'

let room, sent = 0, wire, home
before(async () => {
  room = await openRoom('syria')
  const to = new URL(room.home)
  wire = createServer((browser) => {
    const server = connect({ host: to.hostname, port: to.port })
    server.on('data', (d) => { sent += d.length })
    for (const [from, other] of [[browser, server], [server, browser]]) from.on('error', () => other.destroy()).on('close', () => other.destroy()).pipe(other)
  }).listen(0, '127.0.0.1')
  await once(wire, 'listening')
  home = `http://127.0.0.1:${wire.address().port}/`
}, { timeout: 180_000 })
after(async () => { wire?.close(); await room?.close() }, { timeout: 60_000 })

// visit opens a page until its map stands still, and returns the bytes that it took.
async function visit(page, url) {
  const from = sent
  await page.goto(url)
  await room.drawn(page)
  await page.waitForTimeout(1000) // what is asked for once the map is drawn
  return sent - from
}

for (const lang of ['en', 'uk', 'ru']) {
  test(`the first page in ${lang} takes at most 500 kB, and 60 kB when it is opened again`, { timeout: 120_000 }, async (t) => {
    const page = await room.person()
    const first = await visit(page, `${home}?lang=${lang}`), again = await visit(page, `${home}?lang=${lang}`)
    t.diagnostic(`${first} B, and ${again} B when it is opened again`)
    assert.ok(first <= 500_000, `${first} B on the first visit`)
    assert.ok(again <= 60_000, `${again} B when it is opened again`)
    assert.ok(first > 300_000 && again > 5_000, `${first} B and ${again} B: not all is counted`)
    await page.context().close()
  })
}

test('a page with a map names each script that it needs, and no other page loads them', { timeout: 120_000 }, async () => {
  const page = await room.person()
  const asked = []
  page.on('request', (r) => { const { pathname } = new URL(r.url()); if (pathname.endsWith('.js') && r.frame()) asked.push(pathname) })
  await visit(page, home)
  const named = (await page.locator('head script[src], link[rel=modulepreload]').evaluateAll((l) => l.map((x) => new URL(x.src ?? x.href).pathname)))
  const worker = new URL(await page.locator('#words').getAttribute('data-worker'), home).pathname
  // The worker has some of them too, from what the browser keeps.
  const scripts = new Set(asked.filter((p) => p !== worker))
  assert.deepEqual([...scripts].sort(), [...named].sort())
  assert.ok(named.length > 2, named.join())
  const itsOwn = await page.locator('link[rel=modulepreload]').first().evaluate((l) => new URL(l.href).pathname)
  assert.ok(scripts.has(itsOwn))
  asked.length = 0
  await page.goto(`${home}sources`)
  assert.equal(await page.locator('link[rel=modulepreload], link[href*="map.css"]').count(), 0)
  assert.ok(asked.length > 0 && !asked.includes(itsOwn), asked.join()) // app.js shares small pieces with it
  await page.context().close()
})
