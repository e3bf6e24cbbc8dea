// The map: land and water, the agreement's zones and lines, incidents by outcome,
// standing and how well their place is known. What is shown, and how closely, was
// decided by the server; this only draws.
import { Map as GLMap, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl'
import type GeoJSON from 'geojson'
import { Marks, colours, sign, type State } from './marks'
import { printable } from './print'
import { askAgain } from './refused'
import { rootOf, still, word } from './words'

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const empty = { type: 'FeatureCollection' as const, features: [] }

export function draw(box: HTMLElement): void {
  const state = JSON.parse(box.dataset.state ?? 'null') as State | null
  const evidence = box.dataset.evidence ? (JSON.parse(box.dataset.evidence) as GeoJSON.FeatureCollection) : null
  box.replaceChildren()
  setWorkerUrl(new URL(document.querySelector('#words')?.getAttribute('data-worker') ?? '/assets/worker.js', location.href).href)
  const here = /^#(-?[\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash)
  const map = new GLMap({
    container: box, style: style(state, evidence), attributionControl: false, maxZoom: 15, renderWorldCopies: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0,
    ...(here ? { zoom: Number(here[1]), center: [Number(here[3]), Number(here[2])] as [number, number] } : { bounds: bounds(state, evidence), fitBoundsOptions: { padding: 20, maxZoom: 11 } }),
    locale: { 'Map.Title': word('map.label'), 'NavigationControl.ZoomIn': word('map.in'), 'NavigationControl.ZoomOut': word('map.out'), 'Popup.Close': state?.words['close'] ?? '' },
  })
  map.setMissingStyleImageResolver((id) => image(map, id))
  map.addControl(new NavigationControl({ showCompass: false }))
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
  map.touchZoomRotate.disableRotation()
  const marks = state && document.body.dataset.nav === 'picture' ? new Marks(map, state) : undefined
  if (state && box.dataset.kind === 'picture') follow(map, state)
  printable(map, marks)
  const asked = askAgain(map)
  // For tests, and for whoever takes a picture of a page: the map stands still, and
  // nothing of it is still to come.
  map.on('idle', () => {
    marks?.draw()
    if (asked.complete()) box.setAttribute('data-idle', '')
  })
  map.on('movestart', () => box.removeAttribute('data-idle'))
  map.on('error', (e) => console.warn(String(e.error?.message ?? e)))
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', () => map.setStyle(style(state, evidence)))
}

function bounds(state: State | null, evidence: GeoJSON.FeatureCollection | null): [number, number, number, number] {
  if (!evidence?.features.length) return state?.bounds ?? [-170, -60, 170, 75]
  const b: [number, number, number, number] = [180, 90, -180, -90]
  const take = (c: unknown, u: number): void => {
    if (Array.isArray(c) && typeof c[0] === 'number') {
      const [x, y] = c as [number, number]
      b[0] = Math.min(b[0], x - u * 1.6); b[1] = Math.min(b[1], y - u); b[2] = Math.max(b[2], x + u * 1.6); b[3] = Math.max(b[3], y + u)
    } else if (Array.isArray(c)) for (const d of c) take(d, u)
  }
  for (const f of evidence.features) take((f.geometry as GeoJSON.Point).coordinates, Math.max(500, Number(f.properties?.['uncertainty'] ?? 0)) / 111_195 * 1.3)
  return b
}

function style(state: State | null, evidence: GeoJSON.FeatureCollection | null): StyleSpecification {
  const q = state?.query ?? ''
  const root = rootOf()
  const s: StyleSpecification = {
    version: 8,
    sources: {
      base: { type: 'vector', tiles: [`${root}/tiles/base/{z}/{x}/{y}`], maxzoom: still() ? 8 : 10 },
      agreement: { type: 'geojson', data: `${root}/map/agreement.geojson?${q}` },
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': css('--water') } },
      { id: 'land', type: 'fill', source: 'base', 'source-layer': 'land', paint: { 'fill-color': css('--land'), 'fill-antialias': false } },
      { id: 'regions', type: 'line', source: 'base', 'source-layer': 'regions', paint: { 'line-color': css('--rule'), 'line-width': 0.8 } },
      { id: 'known-to-region', type: 'fill', source: 'agreement', filter: ['==', ['get', 'kind'], 'region'], paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.5 } },
      { id: 'zones', type: 'line', source: 'agreement', filter: ['==', ['get', 'kind'], 'zone'], paint: { 'line-color': css('--zone'), 'line-width': 1.6 } },
      { id: 'lines', type: 'line', source: 'agreement', filter: ['==', ['get', 'kind'], 'line'], paint: { 'line-color': css('--line'), 'line-width': 2.2, 'line-dasharray': [4, 2] } },
      { id: 'towns', type: 'symbol', source: 'base', 'source-layer': 'towns', layout: { 'icon-image': ['concat', 'town:', ['get', 'name']], 'icon-anchor': 'left', 'symbol-sort-key': ['get', 'rank'] } },
    ],
  }
  if (evidence) {
    s.sources['evidence'] = { type: 'geojson', data: evidence }
    s.sources['known'] = { type: 'geojson', data: discs(evidence) }
    s.layers.push(
      { id: 'known', type: 'fill', source: 'known', paint: { 'fill-color': css('--mark'), 'fill-opacity': 0.1, 'fill-outline-color': css('--mark') } },
      { id: 'areas', type: 'fill', source: 'evidence', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': css('--mark'), 'fill-opacity': 0.15, 'fill-outline-color': css('--mark') } },
      { id: 'evidence', type: 'symbol', source: 'evidence', filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': ['match', ['get', 'kind'], 'allegation', 'sign:alleged:none', 'sign:uncorroborated:none'], 'icon-allow-overlap': true } },
    )
  }
  if (state && document.body.dataset.nav === 'picture') {
    s.sources['incidents'] = { type: 'vector', tiles: [`${root}/tiles/incidents/{z}/{x}/{y}?${q}`], maxzoom: still() ? 8 : state.zoom }
    s.sources['known'] = { type: 'geojson', data: empty }
    s.layers.push(
      { id: 'known', type: 'fill', source: 'known', paint: { 'fill-color': css('--mark'), 'fill-opacity': 0.08, 'fill-outline-color': css('--mark') } },
      // Marks are drawn beside the canvas (marks.ts); a layer has the tiles loaded.
      { id: 'incidents', type: 'circle', source: 'incidents', 'source-layer': 'incidents', paint: { 'circle-radius': 1, 'circle-opacity': 0 } },
    )
  }
  return s
}

// Circles for the eye: metres on a sphere.
function discs(list: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const out: GeoJSON.Feature[] = []
  for (const f of list.features) {
    const u = Number(f.properties?.['uncertainty'] ?? 0)
    if (f.geometry.type !== 'Point' || u <= 0) continue
    const [lon, lat] = f.geometry.coordinates as [number, number]
    const ring: [number, number][] = []
    for (let i = 0; i <= 48; i++) {
      const a = (2 * Math.PI * (i % 48)) / 48
      ring.push([lon + (u * Math.sin(a)) / (111_195 * Math.max(0.01, Math.cos((lat * Math.PI) / 180))), lat + (u * Math.cos(a)) / 111_195])
    }
    out.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } })
  }
  return { type: 'FeatureCollection', features: out }
}

// follow keeps the address, the list and the map together.
function follow(map: GLMap, state: State): void {
  let last = ''
  const known = async () => {
    const source = map.getSource<GeoJSONSource>('known')
    if (!source || still()) return
    if (map.getZoom() < 7.5) { last = ''; source.setData(empty); return }
    const b = map.getBounds()
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((x) => x.toFixed(3)).join(',')
    if (box === last) return
    last = box
    const q = new URLSearchParams(state.query)
    q.set('bbox', box)
    const r = await fetch(`/map/uncertain.geojson?${q}`)
    if (!r.ok) last = '' // asked again at the next move
    if (r.ok && box === last) source.setData((await r.json()) as GeoJSON.FeatureCollection)
  }
  map.on('moveend', () => {
    const c = map.getCenter()
    history.replaceState(history.state, '', `#${map.getZoom().toFixed(2)}/${c.lat.toFixed(4)}/${c.lng.toFixed(4)}`)
    void known()
  })
  map.on('load', () => void known())
}

// Signs are drawn, not fetched: outcome is shape and fill, standing the ring.
function image(map: GLMap, id: string): void {
  const ratio = Math.max(1, window.devicePixelRatio)
  const [kind, a = '', b = ''] = split(id)
  const paper = css('--land'), soft = css('--soft')
  const on = (w: number, h: number, paint: (g: CanvasRenderingContext2D) => void) => {
    const c = document.createElement('canvas')
    c.width = Math.ceil(w * ratio); c.height = Math.ceil(h * ratio)
    const g = c.getContext('2d')!
    g.scale(ratio, ratio)
    paint(g)
    if (!map.hasImage(id)) map.addImage(id, g.getImageData(0, 0, c.width, c.height), { pixelRatio: ratio })
  }
  if (kind === 'hatch') {
    on(8, 8, (g) => { g.strokeStyle = soft; g.lineWidth = 1; g.beginPath(); g.moveTo(0, 8); g.lineTo(8, 0); g.stroke() })
  } else if (kind === 'town') {
    const font = '12px "Noto Sans Variable", sans-serif'
    const g0 = document.createElement('canvas').getContext('2d')!
    g0.font = font
    on(g0.measureText(a).width + 12, 17, (g) => {
      g.font = font; g.textBaseline = 'middle'; g.lineJoin = 'round'
      g.fillStyle = soft; g.beginPath(); g.arc(3, 8.5, 1.8, 0, 7); g.fill()
      g.strokeStyle = paper; g.lineWidth = 3; g.strokeText(a, 8, 8.5); g.fillText(a, 8, 8.5)
    })
  } else if (kind === 'sign') {
    on(28, 28, (g) => sign(g, a, b, 14, 14, 1, colours()))
  }
}

function split(id: string): string[] {
  const i = id.indexOf(':')
  if (i < 0) return [id]
  const kind = id.slice(0, i), rest = id.slice(i + 1)
  if (kind === 'town') return [kind, rest]
  const j = rest.lastIndexOf(':')
  return [kind, rest.slice(0, j), rest.slice(j + 1)]
}
