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
