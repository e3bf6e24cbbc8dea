// The room loses nothing and hides nothing: what somebody stated can be found,
// corrected and withdrawn; what is new is shown; each count leads to as many rows; the
// map shows each incident, the gravest on top, and prints.
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { openRoom } from '../testroom.mjs'

let room
before(async () => { room = await openRoom() }, { timeout: 180_000 })
after(() => room?.close(), { timeout: 60_000 })

// observe states an observation by the form, and returns the address of its incident.
async function observe(page, { act = 'strike', lat = '48.5000', lon = '35.0000', because = 'log of patrol 3' } = {}) {
  await page.goto(room.home + '/observe')
  const form = page.locator('form[action="/observe"]')
  await form.locator('[name=act]').selectOption(act)
  await form.locator('[name=weapon]').selectOption('missile')
  await form.locator('[name=from]').fill('2025-08-21T10:05')
  await form.locator('[name=lat]').fill(lat)
  await form.locator('[name=lon]').fill(lon)
  await form.locator('[name=radius]').fill('300')
  await form.locator('[name=because]').fill(because)
  await form.locator('button').click()
  await page.waitForURL(/done=observe/)
  return page.url().split('?')[0]
}

// walk follows each link with a count on a page, and counts the rows of the list that it
// leads to, over all pages of that list.
async function walk(page, path, least) {
  await page.goto(room.home + path)
  const links = await page.$$eval('main a:has(b)', (list) => list.filter((a) => a.getAttribute('href').startsWith('/') && /^[\d\u202f]+$/.test(a.querySelector(':scope > b')?.textContent ?? '')).map((a) => [a.getAttribute('href'), Number(a.querySelector('b').textContent.replaceAll('\u202f', ''))]))
  assert.ok(links.length >= least, `${path} has ${links.length} counts with a link`)
  for (const [href, n] of links) {
    let rows = 0
    await page.goto(room.home + href)
    for (;;) {
      rows += await page.locator('main :is([data-id], [data-work]):not(section.new *, .beside:has(.beside) *)').count()
      if (/[?&]work=/.test(href)) rows -= await page.locator('main [data-id]').count()
      else rows -= await page.locator('main [data-work]').count()
      if (/kind=new/.test(href)) rows += await page.locator('section.new [data-id]').count()
      const next = page.locator('a[rel=next]')
      if (!await next.count()) break
      await page.goto(room.home + await next.first().getAttribute('href'))
    }
    assert.equal(rows, n, `${path}: ${href} promises ${n}`)
  }
  return Object.fromEntries(links)
}

test('a monitor finds what they reported, corrects it and withdraws it', { timeout: 180_000 }, async () => {
  const page = await room.joined('monitor-1')
  await observe(page, { because: 'heard twice\nfrom the roof' })
  await page.goto(room.home + '/observe')
  await page.click('main a[href="/my-reports"]')
  await room.looked(page, 'my reports')
  await page.locator('tr[data-state=shown]').first().locator('a', { hasText: 'Correct' }).click()
  await page.waitForURL(/\/observe\?correct=/)
  await room.looked(page, 'a correction')
  const form = page.locator('form[action="/observe"]')
  assert.equal(await form.locator('[name=lat]').inputValue(), '48.5')
  assert.equal(await form.locator('[name=from]').inputValue(), '2025-08-21T10:05')
  assert.equal(await form.locator('[name=act]').inputValue(), 'strike')
  assert.equal(await form.locator('[name=because]').inputValue(), 'heard twice\nfrom the roof')
  await form.locator('[name=lat]').fill('48.6')
  await form.locator('button').click()
  await page.waitForURL(/done=correct/)
  assert.match(await page.textContent('article'), /48\.6000000N/)
  await page.goto(room.home + '/my-reports')
  assert.equal(await page.locator('tr[data-state=corrected]').count(), 1)
  const row = page.locator('tr[data-state=shown]').first()
  await row.locator('summary').click()
  await room.looked(page, 'my reports, about to withdraw')
  await row.locator('[name=because]').fill('it was thunder')
  await row.locator('form button').click()
  await page.waitForURL(/done=withdraw/)
  assert.equal(await page.locator('tr[data-state=withdrawn]').count(), 1)
  assert.equal(await page.locator('tr[data-state=shown]').count(), 0)
  await walk(page, '/my-reports', 3)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(room.home + '/my-reports')
  await room.looked(page, 'my reports on a phone')
  await page.context().close()
})

test('a party finds all that it stated and all that is said of it, and takes back its own', { timeout: 180_000 }, async () => {
  const ua = await room.joined('ua-1'), ru = await room.joined('ru-1')
  const allege = async (page, place, sealed) => {
    await page.goto(room.home + '/party')
    const form = page.locator('form[action="/party/allege"]')
    await form.locator('[name=act]').selectOption('strike')
    await form.locator('[name=weapon]').selectOption('missile')
    await form.locator('[name=from]').fill('2025-08-20T10:05')
    await form.locator('[name=where][value=region]').check()
    await form.locator('[name=place]').fill(place)
    await form.locator('[name=because]').fill('report of the post')
    if (sealed) await form.locator('[name=sealed]').check()
    await form.locator('button').click()
    await page.waitForURL(/done=allege/)
  }
  await allege(ua, 'Kharkiv', false)
  await allege(ua, 'Sumy', true)
  const said = ua.locator('#said tr', { hasText: 'entry' })
  assert.match(await ua.textContent('#said tr:has-text("Kharkiv Oblast")'), /Counted: open the incident/)
  assert.match(await ua.textContent('#said tr:has-text("Sumy Oblast")'), /Sealed.*opens to both parties, at most/s)
  assert.ok(await said.count() >= 2)
  await ru.goto(room.home + '/party')
  assert.match(await ru.textContent('#of'), /Kharkiv Oblast/)
  assert.doesNotMatch(await ru.textContent('main'), /Sumy Oblast, 20 Aug/)
  await ru.click('#of tr[data-id] a.open')
  await ru.waitForURL(/\/incidents\//)
  assert.match(await ru.textContent('article'), /alleges/)
  for (const [page, name] of [[ua, 'UA'], [ru, 'RU']]) await walk(page, '/party', 5).catch((e) => { e.message = `${name}: ${e.message}`; throw e })
  await ua.goto(room.home + '/party')
  await room.looked(ua, 'party room')
  await ua.locator('#said tr:has-text("Kharkiv Oblast") a', { hasText: 'Correct' }).click()
  const form = ua.locator('form[action="/party/allege"]')
  assert.equal(await form.locator('[name=place]').inputValue(), 'Kharkiv Oblast')
  assert.ok(await form.locator('[name=where][value=region]').isChecked())
  await form.locator('[name=from]').fill('2025-08-20T10:15')
  await form.locator('button').click()
  await ua.waitForURL(/done=correct/)
  await ua.goto(room.home + '/party?list=said')
  assert.equal(await ua.locator('tr[data-state=corrected]').count(), 1)
  await ua.setViewportSize({ width: 390, height: 844 })
  await ua.goto(room.home + '/party')
  await room.looked(ua, 'party room on a phone')
  await ua.context().close()
  await ru.context().close()
})

test('what is new leads to a list of it, and every row of the desk can be reached', { timeout: 300_000 }, async () => {
  const officer = await room.joined('verification-1'), monitor = await room.joined('monitor-1'), reader = await room.person()
  await officer.goto(room.home + '/desk')
  await reader.goto(room.home + '/incidents')
  await observe(monitor, { act: 'presence', lat: '49.1', lon: '32.1' }) // no article is about it
  for (const [page, list] of [[officer, /\/desk\?kind=new&since=\d+/]]) {
    const news = await page.waitForSelector('#news button', { timeout: 15_000 })
    assert.match(await news.textContent(), /^new: 1$/)
    await news.click()
    await page.waitForURL(list)
    assert.equal(await page.locator('section.new [data-id]').count(), 1)
    assert.match(await page.textContent('section.new'), /presence/)
  }
  await room.looked(officer, 'what is new')
  await observe(monitor, { lat: '48.9', lon: '33.3' })
  const heard = await reader.waitForSelector('#news button', { timeout: 15_000 })
  assert.match(await heard.textContent(), /^new: 1$/) // what was seen without the place is not the public's
  await heard.click()
  await reader.waitForURL(/new=\d+/)
  assert.equal(await reader.locator('tr[data-id] .fresh').count() > 0 || await reader.locator('p.done a').count() > 0, true)
  await reader.click('p.done a')
  await reader.waitForURL(/since=\d+/)
  assert.equal(await reader.locator('tr[data-id]').count(), 1)
  const counts = await walk(officer, '/desk', 10)
  assert.ok(counts['/desk'] > 100, `the queue has ${counts['/desk']} rows: too few to need pages`)
  assert.equal(counts['/desk?kind=new'], 2)
  await officer.goto(room.home + '/desk')
  await room.looked(officer, 'desk with what is new')
  await officer.click('form[action="/desk/seen"] button')
  await officer.waitForURL('**/desk')
  assert.equal(await officer.locator('section.new').count(), 0)
  for (const p of [officer, monitor, reader]) await p.context().close()
})

// pins are the marks of the map that stand in its window.
const pins = (page) => page.$$eval('.map .pin', (list) => list.map((b) => {
  const r = b.getBoundingClientRect(), m = b.closest('.map').getBoundingClientRect()
  const x = r.x + r.width / 2, y = r.y + r.height / 2
  return { x, y, n: Number(b.dataset.n), decided: Number(b.dataset.decided), label: b.getAttribute('aria-label'), inside: x > m.left && x < m.right && y > m.top && y < m.bottom, top: document.elementFromPoint(x, y)?.closest('.pin') === b }
}))

test('the map shows every incident at every zoom, the gravest on top, and tells what they are', { timeout: 300_000 }, async () => {
  const officer = await room.joined('verification-1')
  await officer.goto(room.home + '/desk?kind=uncorroborated')
  // One of a crowd: thirty others are reported at the same place.
  await officer.goto(room.home + '/incidents?outcome=uncorroborated&q=kyiv')
  await officer.click('tr[data-id] a.open')
  const form = officer.locator('form[action$="/decide"]:has(select[name=kind])')
  await form.locator('[name=kind]').selectOption('confirm')
  await form.locator('[name=article]').selectOption({ index: 1 })
  await form.locator('[name=because]').fill('fragments examined on site')
  await form.locator('button').click()
  // One source is below the article's floor: the form says so, and asks.
  await officer.locator('#again').waitFor()
  assert.match(await officer.locator('#again').textContent(), /below the floor that the article asks for/)
  await form.locator('[name=anyway]').check()
  await form.locator('button').click()
  await officer.waitForURL(/done=confirm/)
  await officer.context().close()
  const page = await room.person()
  await page.goto(room.home)
  // The drawing for who has no script numbers a crowd too, and has the decided one last, and so on top.
  const drawing = await (await page.request.get(`${room.home}/map/picture.svg`)).text()
  const last = drawing.slice(drawing.lastIndexOf('<g class="at">'))
  assert.match(last, /class="many".*>\d+<\/text>.*class="t"/s)
  const total = (await (await page.request.get(`${room.home}/api/incidents?bbox=-180,-90,180,90&from=2025-08-09&to=2025-08-22`)).json()).total
  for (const zoom of [3, 3.7, 5, 6.5, 9, 12]) {
    await page.goto('about:blank')
    await page.goto(`${room.home}/?from=2025-08-09&to=2025-08-22#${zoom}/50.4500/30.5200`)
    await room.drawn(page)
    const list = (await pins(page)).filter((p) => p.inside)
    if (zoom < 5) assert.equal(list.reduce((n, p) => n + p.n, 0), total, `zoom ${zoom}: what the marks stand for`)
    assert.ok(list.some((p) => p.decided === 1 && p.top), `zoom ${zoom}: the decided violation is not on top: ${JSON.stringify(list.filter((p) => p.decided))}`)
    for (const a of list) for (const b of list) if (a !== b) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= 35, `zoom ${zoom}: ${a.label} and ${b.label} overlap`)
    // Each mark's popup tells as many as its number, with date and outcome, and fits.
    for (const which of [0, -1]) { // the map makes room for a popup, so where marks are is looked up again
      const pin = (await pins(page)).filter((p) => p.inside && p.top).at(which) // not under the map's buttons
      await page.mouse.click(pin.x, pin.y)
      const popup = await page.waitForSelector('.maplibregl-popup .cards li')
      assert.equal(Number((await page.textContent('.popup h2')).match(/\d+/)[0]), pin.n, `zoom ${zoom}: ${pin.label}`)
      assert.match(await popup.textContent(), /\d+ Aug 2025.*article \d/s)
      const [inner, outer] = [await page.locator('.maplibregl-popup').boundingBox(), await page.locator('#map').boundingBox()]
      assert.ok(inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height, `zoom ${zoom}: the popup is cut: ${JSON.stringify([inner, outer])}`)
      const more = page.locator('.popup a.more')
      if (pin.n > 8) {
        const href = await more.getAttribute('href')
        const other = await page.context().newPage()
        await other.goto(room.home + href)
        assert.match(await other.textContent('h1'), new RegExp(`\\b${pin.n}\\b`), `zoom ${zoom}: ${href}`)
        await other.close()
      }
      await page.keyboard.press('Escape')
      await page.waitForSelector('.maplibregl-popup', { state: 'detached' })
      await room.drawn(page)
    }
  }
  await page.context().close()
})

test('the map is used by keyboard, and on a phone', { timeout: 180_000 }, async () => {
  const page = await room.person()
  await page.goto(room.home)
  await room.drawn(page)
  await room.looked(page, 'picture with marks')
  await page.focus('.pin[tabindex="0"]')
  const label = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'))
  const first = await label()
  await page.keyboard.press('ArrowRight')
  const second = await label()
  assert.notEqual(first, second)
  assert.match(second, /\d+ incidents|, /)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.maplibregl-popup .cards li')
  await room.looked(page, 'picture with a popup')
  assert.ok(await page.evaluate(() => document.activeElement.closest('.maplibregl-popup') !== null), 'the popup has no focus')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.maplibregl-popup', { state: 'detached' })
  assert.equal(await label(), second, 'focus is lost')
  await page.keyboard.press('Home')
  assert.equal(await label(), first)
  assert.equal(await page.locator('.pin[tabindex="0"]').count(), 1, 'marks are more than one stop of the tab key')
  await page.context().close()
  const phone = await room.person({ viewport: { width: 390, height: 844 } })
  await phone.goto(room.home)
  await room.drawn(phone)
  await phone.locator('#map').scrollIntoViewIfNeeded()
  for (const pin of [(await pins(phone)).filter((p) => p.inside)[0], (await pins(phone)).filter((p) => p.inside).at(-1)]) {
    await phone.mouse.click(pin.x, pin.y)
    await phone.waitForSelector('.maplibregl-popup .cards li')
    const [inner, outer] = [await phone.locator('.maplibregl-popup').boundingBox(), await phone.locator('#map').boundingBox()]
    assert.ok(inner.x >= outer.x && inner.y >= outer.y - 1 && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height + 1, `the popup is cut: ${JSON.stringify([inner, outer])}`)
    await room.looked(phone, 'popup on a phone')
    await phone.locator('.maplibregl-popup-close-button').click()
  }
  await phone.context().close()
})

// colours counts the colours of the largest picture in a PDF file.
function colours(pdf) {
  let best = { size: 0, colours: 0 }
  const text = pdf.toString('latin1')
  for (const m of text.matchAll(/<<[^>]*\/Subtype \/Image[^>]*>>\s*stream\r?\n/g)) {
    const of = (k) => Number(new RegExp(`/${k} (\\d+)`).exec(m[0])?.[1])
    const w = of('Width'), h = of('Height'), from = m.index + m[0].length
    if (!/FlateDecode/.test(m[0]) || w < 300 || h < 300) continue
    const raw = inflateSync(pdf.subarray(from, text.indexOf('endstream', from)))
    if (raw.length < w * h * 3 || w * h < best.size) continue
    const seen = new Map()
    for (let i = 0; i + 2 < w * h * 3; i += 3) {
      const c = (raw[i] << 16) | (raw[i + 1] << 8) | raw[i + 2]
      seen.set(c, (seen.get(c) ?? 0) + 1)
    }
    const [common] = [...seen].sort((a, b) => b[1] - a[1])
    best = { size: w * h, colours: seen.size, land: common?.[0] ?? 0 }
  }
  return best
}

for (const colorScheme of ['light', 'dark']) {
  test(`the map prints, ${colorScheme}`, { timeout: 120_000 }, async () => {
    const page = await room.person({ colorScheme })
    await page.goto(room.home)
    await room.drawn(page)
    const before = await page.locator('#map').boundingBox()
    const found = colours(await page.pdf({ format: 'A4', printBackground: true }))
    assert.ok(found.colours > 100, `the printed map has ${found.colours} colours`)
    assert.ok((found.land & 255) > 180, `the printed map is dark: ${found.land.toString(16)}`)
    await page.waitForTimeout(300)
    assert.deepEqual(await page.locator('#map').boundingBox(), before, 'printing has moved the map')
    assert.equal(await page.locator('.on-paper').count(), 0)
    await page.goto(room.home + '/agreement')
    await room.drawn(page)
    assert.ok(colours(await page.pdf({ format: 'A4' })).colours > 50, 'the map of the agreement does not print')
    await page.context().close()
  })
}
