// What stands on the map: incidents, and where several would overlap, one mark with
// their number. The gravest is on top, and a decided violation is always to be seen:
// marks are put together in the order of gravity, so that what is gravest is the mark
// that others are put to. Marks are buttons beside the canvas, so that they can be
// reached by keyboard, read out and printed.
import { Marker, Popup, type Map as GLMap } from 'maplibre-gl'
import { rootOf, still } from './words'

export interface State { query: string; bounds: [number, number, number, number]; zoom: number; words: Record<string, string>; outcomes: Record<string, string>; zone: string }

// A mark as a tile has it: an incident, or the number of those in a square.
interface Mark {
  lng: number; lat: number; n: number; decided: number; rank: number; cls: string; outcome: string; ring: string
  id: string; what: string; place: string; from: number | null; to: number
  sq: string; box: [number, number, number, number]
}
interface Cluster { at: Mark; x: number; y: number; n: number; decided: number; of: Mark[]; key: string }

// near is how close two marks may be, in pixels, before they are one.
const near = 36

export class Marks {
  private shown = new Map<string, { marker: Marker; cluster: Cluster }>()
  private order: HTMLButtonElement[] = []
  private popup: Popup | undefined
  private group = document.createElement('div')

  constructor(private map: GLMap, private state: State) {
    this.group.className = 'marks'
    this.group.setAttribute('role', 'group')
    this.group.setAttribute('aria-label', state.words['marks'] ?? '')
    map.getCanvasContainer().append(this.group)
    this.group.addEventListener('keydown', (e) => this.walk(e))
  }

  /** Puts together what the loaded tiles have, and shows it. */
  draw(): void {
    const list = together(this.map, this.read())
    const keep = new Set(list.map((c) => c.key))
    for (const [key, s] of this.shown) {
      if (keep.has(key)) continue
      s.marker.remove()
      this.shown.delete(key)
    }
    const had = this.group.contains(document.activeElement)
    const order: HTMLButtonElement[] = []
    list.forEach((c, i) => {
      let s = this.shown.get(c.key)
      if (!s) {
        const marker = new Marker({ element: this.button(c) }).setLngLat([c.at.lng, c.at.lat]).addTo(this.map)
        this.group.append(marker.getElement())
        s = { marker, cluster: c }
        this.shown.set(c.key, s)
      }
      s.cluster = c
      const b = s.marker.getElement() as HTMLButtonElement
      b.style.zIndex = String(list.length - i) // the gravest are first
      order.push(b)
    })
    this.order = order
    const current = order.find((b) => b === document.activeElement) ?? order.find((b) => b.tabIndex === 0) ?? order[0]
    for (const b of order) b.tabIndex = b === current ? 0 : -1
    if (had && !this.group.contains(document.activeElement)) current?.focus({ preventScroll: true })
    this.map.getContainer().dataset['marks'] = String(order.length)
    this.map.getContainer().dataset['incidents'] = String(list.reduce((n, c) => n + c.n, 0))
  }

  /** Draws the marks as they stand onto a picture of the map. */
  paint(g: CanvasRenderingContext2D, light: boolean): void {
    for (const b of [...this.order].reverse()) {
      const s = [...this.shown.values()].find((x) => x.marker.getElement() === b)
      if (!s) continue
      const p = this.map.project(s.marker.getLngLat())
      const size = sizeOf(s.cluster)
      g.save()
      g.translate(p.x - size / 2, p.y - size / 2)
      drawn(g, s.cluster, size, light ? { mark: '#2c3136', paper: '#f1eee6', soft: '#56606a' } : colours())
      g.restore()
    }
  }

  private read(): Mark[] {
    const seen = new Map<string, Mark>()
    for (const f of this.map.querySourceFeatures('incidents', { sourceLayer: 'incidents' })) {
      if (f.geometry.type !== 'Point') continue
      const p = f.properties, [lng, lat] = f.geometry.coordinates as [number, number]
      const m: Mark = {
        lng, lat, n: Number(p['n']), decided: Number(p['decided']), rank: Number(p['rank']), cls: String(p['class']), outcome: String(p['o']), ring: String(p['ring'] ?? 'none'),
        id: String(p['id'] ?? ''), what: String(p['what'] ?? ''), place: String(p['place'] ?? ''), from: p['at'] === undefined ? null : Number(p['at']), to: Number(p['to']),
        sq: String(p['sq']), box: [Number(p['w']), Number(p['s']), Number(p['e']), Number(p['north'])],
      }
      seen.set(m.id || m.sq, m) // a tile may be read twice while another comes
    }
    return [...seen.values()]
  }

  private button(c: Cluster): HTMLButtonElement {
    const b = document.createElement('button')
    b.type = 'button'
    b.className = 'pin'
    b.dataset['n'] = String(c.n)
    b.dataset['class'] = c.at.cls
    b.dataset['decided'] = String(c.decided)
    b.setAttribute('aria-label', this.label(c))
    b.setAttribute('aria-haspopup', 'dialog')
    const size = sizeOf(c), ratio = Math.max(1, window.devicePixelRatio)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = Math.ceil(size * ratio)
    canvas.style.width = canvas.style.height = `${size}px`
    const g = canvas.getContext('2d')!
    g.scale(ratio, ratio)
    drawn(g, c, size, colours())
    b.append(canvas)
    b.addEventListener('click', (e) => {
      e.stopPropagation()
      void this.open(b)
    })
    return b
  }

  private label(c: Cluster): string {
    const w = this.state.words, outcome = this.state.outcomes[c.at.outcome]
    if (c.n === 1) return [outcome, c.at.what, c.at.place, this.when(c.at)].filter(Boolean).join(', ')
    const out = [`${w['incidents']}: ${c.n}`]
    if (c.decided) out.push(`${w['decided']}: ${c.decided}`)
    else if (outcome) out.push(`${w['gravest']}: ${outcome}`)
    return out.join(', ')
  }

  private when(m: Mark): string {
    // In English too the day comes before the month, as everywhere on these pages.
    const lang = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang || undefined
    if (m.from === null) { // it happened not later than its end, which is never printed as earlier than it is
      const f = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: this.state.zone })
      return `${this.state.words['not-later-than']} ${f.format(Math.ceil(m.to / 60_000) * 60_000)}`
    }
    const day = 24 * 3600_000, whole = m.to - m.from >= day
    const f = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeZone: this.state.zone, ...(whole ? {} : { timeStyle: 'short' }) })
    return m.to - m.from > 3600_000 ? f.formatRange(m.from, m.to - 1) : f.format(m.from)
  }

  // walk goes from mark to mark with the arrow keys: they are one stop of the tab key.
  private walk(e: KeyboardEvent): void {
    const at = this.order.indexOf(document.activeElement as HTMLButtonElement)
    if (at < 0) return
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: this.order.length - 1 }[e.key]
    if (to === undefined) {
      if (e.key === 'Enter' || e.key === ' ') e.stopPropagation() // and not the map's
      return
    }
    e.preventDefault()
    e.stopPropagation()
    const b = this.order[Math.max(0, Math.min(this.order.length - 1, to))]
    if (!b) return
    for (const x of this.order) x.tabIndex = x === b ? 0 : -1
    b.focus({ preventScroll: true })
  }

  private async open(b: HTMLButtonElement): Promise<void> {
    const s = [...this.shown.values()].find((x) => x.marker.getElement() === b)
    if (!s) return
    const c = s.cluster, w = this.state.words
    const box = document.createElement('div')
    box.className = 'popup'
    const q = new URLSearchParams(this.state.query)
    q.set('bbox', strips(c.of.map((m) => m.box)))
    if (still()) this.tell(box, c)
    else {
      try {
        const r = await fetch(`/map/cards?${q}`)
        if (!r.ok) throw new Error(String(r.status))
        const doc = new DOMParser().parseFromString(await r.text(), 'text/html')
        box.append(...doc.body.childNodes)
      } catch {
        const note = document.createElement('p')
        const a = document.createElement('a')
        a.href = `/incidents?${q}`
        a.textContent = w['all'] ?? ''
        note.append(w['unreachable'] ?? '', ' ', a)
        box.append(note)
      }
    }
    const room = this.map.getMaxZoom() - this.map.getZoom()
    if (c.n > 1 && room > 0.01) {
      const closer = document.createElement('button')
      closer.type = 'button'
      closer.className = 'quiet'
      closer.textContent = w['nearer-here'] ?? ''
      closer.onclick = () => {
        this.popup?.remove()
        const e = c.of.reduce((a, m) => [Math.min(a[0]!, m.lng), Math.min(a[1]!, m.lat), Math.max(a[2]!, m.lng), Math.max(a[3]!, m.lat)], [180, 90, -180, -90])
        const to = this.map.cameraForBounds([e[0]!, e[1]!, e[2]!, e[3]!], { padding: 60 })
        this.map.easeTo({ center: to?.center ?? [c.at.lng, c.at.lat], zoom: Math.max(this.map.getZoom() + 1, Math.min(to?.zoom ?? 0, this.map.getZoom() + 5)) })
        this.map.once('moveend', () => (this.order.find((x) => x.tabIndex === 0) ?? this.map.getCanvas()).focus({ preventScroll: true }))
      }
      box.append(closer)
    }
    this.popup?.remove()
    const frame = this.map.getContainer()
    const popup = new Popup({ maxWidth: `${Math.min(340, frame.clientWidth - 24)}px`, offset: sizeOf(c) / 2 + 2, closeOnMove: false }).setLngLat([c.at.lng, c.at.lat]).setDOMContent(box)
    box.style.maxHeight = `${Math.max(120, Math.min(380, frame.clientHeight - sizeOf(c) * 2 - 90))}px`
    popup.on('close', () => {
      b.removeAttribute('aria-expanded')
      if (b.isConnected && (frame.contains(document.activeElement) || document.activeElement === document.body)) b.focus({ preventScroll: true })
    })
    popup.addTo(this.map)
    this.popup = popup
    b.setAttribute('aria-expanded', 'true')
    const e = popup.getElement()
    e.setAttribute('role', 'dialog')
    e.setAttribute('aria-label', this.label(c))
    e.addEventListener('keydown', (k) => {
      k.stopPropagation()
      if (k.key === 'Escape') popup.remove()
    })
    this.fit(e)
  }

  // fit moves the map so that nothing of a popup is cut at its edge.
  private fit(e: HTMLElement): void {
    const a = e.getBoundingClientRect(), b = this.map.getContainer().getBoundingClientRect(), gap = 8
    const by = (from: number, to: number, low: number, high: number) => (from < low + gap ? from - low - gap : to > high - gap ? Math.min(to - high + gap, from - low - gap) : 0)
    const x = by(a.left, a.right, b.left, b.right), y = by(a.top, a.bottom, b.top, b.bottom)
    if (getComputedStyle(e).position === 'absolute' && (x || y)) this.map.panBy([x, y], { duration: 0 })
  }

  // tell lists what a mark stands for from its tile alone, where there is no server.
  private tell(box: HTMLElement, c: Cluster): void {
    const h = document.createElement('h2')
    h.textContent = `${this.state.words['incidents']}: ${c.n}`
    const ul = document.createElement('ul')
    ul.className = 'cards'
    for (const m of c.of.filter((m) => m.id).slice(0, 8)) {
      const li = document.createElement('li'), a = document.createElement('a'), t = document.createElement('span'), soft = document.createElement('span')
      a.href = `${rootOf()}/incidents/${m.id}/`
      t.textContent = `${m.what}, ${m.place}`
      soft.className = 'soft'
      soft.textContent = [this.when(m), this.state.outcomes[m.outcome]].filter(Boolean).join(' · ')
      a.append(t, document.createElement('br'), soft)
      li.append(a)
      ul.append(li)
    }
    box.append(h, ul)
  }
}

// together puts marks that would overlap into one: those of one square first, so that
// what a mark stands for is always some whole squares, of which a list can be asked for.
export function together(map: Pick<GLMap, 'project'>, marks: Mark[]): Cluster[] {
  const squares = new Map<string, Mark[]>()
  for (const m of marks) {
    const list = squares.get(m.sq)
    if (list) list.push(m)
    else squares.set(m.sq, [m])
  }
  const graver = (a: Mark, b: Mark) => a.rank - b.rank || b.n - a.n || a.lng - b.lng || a.lat - b.lat || (a.id < b.id ? -1 : 1)
  const list = [...squares.values()].map((of) => {
    of.sort(graver)
    const at = of[0]!
    return { at, ...xy(map, at), n: of.reduce((n, m) => n + m.n, 0), of }
  })
  list.sort((a, b) => graver(a.at, b.at))
  const grid = new Map<string, number[]>()
  const cell = (x: number, y: number) => `${Math.floor(x / near)},${Math.floor(y / near)}`
  list.forEach((c, i) => {
    const k = cell(c.x, c.y)
    const l = grid.get(k)
    if (l) l.push(i)
    else grid.set(k, [i])
  })
  const taken = new Uint8Array(list.length)
  const out: Cluster[] = []
  list.forEach((c, i) => {
    if (taken[i]) return
    taken[i] = 1
    const of = [...c.of]
    for (let dx = -near; dx <= near; dx += near) {
      for (let dy = -near; dy <= near; dy += near) {
        for (const j of grid.get(cell(c.x + dx, c.y + dy)) ?? []) {
          const o = list[j]!
          if (taken[j] || Math.hypot(o.x - c.x, o.y - c.y) >= near) continue
          taken[j] = 1
          of.push(...o.of)
        }
      }
    }
    of.sort(graver)
    const n = of.reduce((n, m) => n + m.n, 0), decided = of.reduce((n, m) => n + m.decided, 0)
    out.push({ at: c.at, x: c.x, y: c.y, n, decided, of, key: `${c.at.id || c.at.sq} ${n} ${decided} ${c.at.cls} ${of.map((m) => m.sq).sort().join()}` })
  })
  return out
}

function xy(map: Pick<GLMap, 'project'>, m: Mark): { x: number; y: number } {
  const p = map.project([m.lng, m.lat])
  return { x: p.x, y: p.y }
}

// strips writes boxes, in 1e-7 degree, as an address has them; those that lie beside one
// another in a row are one.
function strips(list: [number, number, number, number][]): string {
  const rows = new Map<string, [number, number, number, number][]>()
  for (const b of list) {
    const k = `${b[1]} ${b[3]}`
    const l = rows.get(k)
    if (l) l.push(b)
    else rows.set(k, [b])
  }
  const out: [number, number, number, number][] = []
  for (const row of rows.values()) {
    row.sort((a, b) => a[0] - b[0])
    let last: [number, number, number, number] | undefined
    for (const b of row) {
      if (last && b[0] <= last[2] + 1) last[2] = Math.max(last[2], b[2])
      else out.push((last = [...b]))
    }
  }
  return out.map((b) => b.map((x) => (x / 1e7).toFixed(7)).join(',')).join(';')
}

interface Colours { mark: string; paper: string; soft: string }
const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
export const colours = (): Colours => ({ mark: css('--mark'), paper: css('--land'), soft: css('--soft') })

function sizeOf(c: Cluster): number {
  if (c.n === 1) return 28
  return c.n < 100 ? 34 : c.n < 1000 ? 38 : 44
}

// drawn draws a mark: an incident's sign with its ring, or a circle with a number and
// the gravest sign at its corner. As with signs, apparent and decided violations fill it.
function drawn(g: CanvasRenderingContext2D, c: Cluster, size: number, col: Colours): void {
  if (c.n === 1) {
    sign(g, c.at.cls, c.at.ring, size / 2, size / 2, 1, col)
    return
  }
  const heavy = c.at.cls === 'decided' || c.at.cls === 'apparent'
  const label = c.n >= 10_000 ? `${Math.round(c.n / 1000)}k` : String(c.n)
  const r = size / 2 - 4
  g.fillStyle = heavy ? col.mark : col.paper
  g.strokeStyle = col.mark
  g.lineWidth = heavy ? 2.6 : 1.4
  if (c.at.cls === 'alleged') g.setLineDash([3, 2])
  g.beginPath()
  g.arc(size / 2, size / 2, r, 0, 7)
  g.fill()
  g.stroke()
  g.setLineDash([])
  g.fillStyle = heavy ? col.paper : col.mark
  g.font = '600 12px "Noto Sans Variable", sans-serif'
  g.textAlign = 'center'
  g.textBaseline = 'middle'
  g.fillText(label, size / 2, size / 2 + 0.5)
  sign(g, c.at.cls, 'none', size - 8, 8, 1, col)
}

export function sign(g: CanvasRenderingContext2D, cls: string, ring: string, x: number, y: number, scale: number, { mark, paper, soft }: Colours): void {
  const r = 5.5 * scale
  const circle = (r: number) => { g.beginPath(); g.arc(x, y, r, 0, 2 * Math.PI) }
  g.fillStyle = paper; circle(r + 1.7); g.fill()
  g.strokeStyle = mark; g.fillStyle = mark; g.lineWidth = 1.5
  if (ring === 'thin' || ring === 'double') { g.lineWidth = 1; circle(r + 2.6); g.stroke() }
  if (ring === 'double') { circle(r + 4.8); g.stroke() }
  if (ring === 'thick') { g.lineWidth = 2.6; circle(r + 3.4); g.stroke() }
  g.lineWidth = 1.5
  const half = () => { g.beginPath(); g.arc(x, y, r, Math.PI / 2, (3 * Math.PI) / 2); g.fill() }
  switch (cls) {
    case 'decided':
      circle(r); g.fill(); g.strokeStyle = paper; g.lineWidth = 1.8; g.beginPath(); g.moveTo(x - 3, y); g.lineTo(x - 0.8, y + 2.4); g.lineTo(x + 3, y - 2.6); g.stroke(); break
    case 'apparent': circle(r); g.fill(); break
    case 'awaiting': circle(r * 0.7); g.fill(); circle(r); g.stroke(); break
    case 'uncorroborated': circle(r); g.stroke(); circle(r * 0.38); g.fill(); break
    case 'undetermined': circle(r); g.stroke(); half(); break
    case 'differ': circle(r); g.stroke(); half(); g.beginPath(); g.moveTo(x - r, y); g.lineTo(x + r, y); g.stroke(); break
    case 'alleged': g.setLineDash([2.4, 1.8]); circle(r); g.stroke(); g.setLineDash([]); break
    case 'excepted': circle(r); g.stroke(); g.beginPath(); g.moveTo(x - r, y); g.lineTo(x + r, y); g.stroke(); break
    case 'outofscope': g.fillStyle = soft; circle(r * 0.5); g.fill(); break
    default: circle(r); g.stroke()
  }
  if (ring === 'struck') { g.strokeStyle = mark; g.beginPath(); g.moveTo(x - 8, y + 8); g.lineTo(x + 8, y - 8); g.stroke() }
}
