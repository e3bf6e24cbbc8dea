// The first screen: what a busy reader learns before they scroll, at each width, in light and dark,
// and from right to left. The figures on it are checked in Go (internal/brief, internal/web).
//
//   make browser            TRUCE=./truce node --test internal/web/ui/test/glance.test.mjs
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openRoom } from '../testroom.mjs'

let room
before(async () => { room = await openRoom() }, { timeout: 180_000 })
after(() => room?.close(), { timeout: 60_000 })

for (const [width, height, colorScheme, path] of [[360, 740, 'light', '/'], [360, 740, 'dark', '/?lang=ar-XB'], [1280, 900, 'dark', '/'], [1280, 900, 'light', '/?lang=ar-XB'], [2560, 1300, 'light', '/?lang=uk']]) {
  test(`the first screen at ${width} px, ${colorScheme}, ${path}`, { timeout: 120_000 }, async () => {
    const page = await room.person({ viewport: { width, height }, colorScheme })
    await page.goto(room.home + path)
    await room.drawn(page)
    await room.looked(page, 'first page')
    const at = async (what) => (await page.locator(what).first().boundingBox()) ?? assert.fail(`${what} is not shown`)
    const headline = await at('.headline'), numbers = await at('.numbers'), trend = await at('.trend')
    assert.ok(headline.y <= height / 5, `content begins ${headline.y} px down`)
    assert.ok(numbers.y + numbers.height < height, 'the numbers are below the fold')
    if (width > 1000) {
      assert.ok(trend.y + trend.height < height, 'the trend is below the fold')
      const worst = await at('.worst'), map = await at('.map'), list = await at('.chosen')
      assert.ok(worst.y < height && map.y < height && list.y < height, 'regions, map and list are below the fold')
      assert.ok(Math.abs(worst.y - map.y) < 40, 'the ranked regions are not beside the map')
    } else {
      const list = await at('.chosen'), map = await at('.map')
      assert.ok(list.y < map.y, 'on a phone the list is first')
    }
    for (const id of ['waiting', 'disputed', 'unwatched']) assert.ok(await page.locator(`section[aria-labelledby=${id}] li`).count() > 0, `nothing is said under ${id}`)
    await page.context().close()
  })
}

test('a bar of the trend leads to its days', { timeout: 60_000 }, async () => {
  const page = await room.person()
  await page.goto(room.home)
  await page.locator('.trend a').last().click()
  await page.waitForURL(/from=.*to=/)
  assert.match(await page.textContent('.headline'), /^1 day \(/)
  await page.context().close()
})

test('the slider stops at ends of days, and is where it was put', { timeout: 60_000 }, async () => {
  const page = await room.person()
  await page.goto(room.home)
  const last = Number(await page.getAttribute('#at', 'max'))
  assert.ok(last >= 14 && last <= 130, `${last} stops for two weeks of reports and the week after`)
  await page.locator('#at').evaluate((e) => { e.value = '3'; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')) })
  await page.waitForURL(/at=/)
  assert.equal(await page.inputValue('#at'), '3')
  const zone = await page.getAttribute('#at', 'data-zone')
  const time = new Date(new URL(page.url()).searchParams.get('at')).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  assert.equal(time, '00:00', 'a stop is the end of a day where the mission is')
  await page.context().close()
})
