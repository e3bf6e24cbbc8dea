// A busy room answers that one is to come again (429), and one that cannot read its
// store for a moment says so (503). MapLibre asks once for a tile and leaves a hole for
// good: a map with a hole looks like a place where nothing happened. So refused tiles
// are asked for again, later each time, and until they are there the map says that it
// is incomplete.
import type { Map as GLMap, ErrorEvent, GeoJSONSource } from 'maplibre-gl'
import { word } from './words'

type Tile = { x: number; y: number; z: number }

/** Waits in seconds between one refusal and the next question: about six minutes in all. */
export const waits = [3, 5, 8, 13, 20, 30, 40, 60, 90, 120]

export function askAgain(map: GLMap): { complete(): boolean } {
  const note = document.createElement('p')
  note.className = 'incomplete'
  note.setAttribute('role', 'status')
  map.getContainer().append(note)
  const refused = new Map<string, { tiles: Map<string, Tile>; whole: boolean }>()
  let tries = 0
  let timer = 0
  const again = () => {
    timer = 0
    tries++
    const all = [...refused]
    refused.clear()
    for (const [id, r] of all) {
      if (!map.getSource(id)) continue
      if (r.whole) {
        const source = map.getSource<GeoJSONSource>(id)!
        const data = source.serialize().data
        if (data) source.setData(data)
      } else map.refreshTiles(id, [...r.tiles.values()])
    }
    map.triggerRepaint() // "idle" comes again when they are there
  }
  map.on('error', (e: ErrorEvent & { sourceId?: string; tile?: { tileID: { canonical: Tile } } }) => {
    const status = (e.error as { status?: number }).status
    if (!e.sourceId || (status !== 429 && status !== 503)) return
    const r = refused.get(e.sourceId) ?? { tiles: new Map<string, Tile>(), whole: false }
    const t = e.tile?.tileID.canonical
    if (t) r.tiles.set(`${t.z}/${t.x}/${t.y}`, t)
    else r.whole = true
    refused.set(e.sourceId, r)
    const wait = waits[tries]
    note.textContent = word(wait ? 'map.waiting' : 'map.incomplete')
    // Not all who were refused together come again together.
    if (wait && !timer) timer = window.setTimeout(again, wait * 1000 * (1 + Math.random() / 4))
  })
  map.on('idle', () => {
    if (refused.size) return
    note.textContent = ''
    tries = 0
  })
  // Whoever moves the map asks again, also after the last wait.
  map.on('movestart', () => {
    if (!refused.size || timer) return
    tries = 0
    again()
  })
  return { complete: () => !refused.size || !timer }
}
