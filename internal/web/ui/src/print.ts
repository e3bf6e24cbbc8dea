// A map on paper: a canvas of the graphics card is empty there, so a picture of it as it
// stands is put in its place, in light colours, with its marks.
import type { Map as GLMap } from 'maplibre-gl'

export function printable(map: GLMap, marks: { paint(g: CanvasRenderingContext2D, light: boolean): void } | undefined): void {
  const frame = map.getContainer()
  let paper: HTMLCanvasElement | undefined
  const before = () => {
    if (paper || !frame.isConnected || !frame.clientWidth) return
    map.redraw() // what was drawn before is not kept
    const from = map.getCanvas()
    paper = document.createElement('canvas')
    paper.className = 'on-paper'
    paper.setAttribute('role', 'img')
    paper.setAttribute('aria-label', from.getAttribute('aria-label') ?? '')
    paper.width = from.width
    paper.height = from.height
    const g = paper.getContext('2d')!
    const dark = isDark()
    if (dark) g.filter = 'invert(1) hue-rotate(180deg)'
    g.drawImage(from, 0, 0)
    g.filter = 'none'
    g.scale(from.width / frame.clientWidth, from.height / frame.clientHeight)
    marks?.paint(g, true)
    scale(g, frame)
    frame.after(paper)
    // The map keeps its size off the page: resized, it would be drawn anew and moved.
    frame.style.width = `${frame.clientWidth}px`
    frame.style.height = `${frame.clientHeight}px`
  }
  const after = () => {
    paper?.remove()
    paper = undefined
    frame.style.width = frame.style.height = ''
  }
  addEventListener('beforeprint', before)
  addEventListener('afterprint', after)
}

function isDark(): boolean {
  const theme = document.documentElement.dataset['theme']
  return theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
}

// scale draws the map's scale bar onto the picture.
function scale(g: CanvasRenderingContext2D, frame: HTMLElement): void {
  const bar = frame.querySelector<HTMLElement>('.maplibregl-ctrl-scale')
  if (!bar) return
  const w = bar.clientWidth, x = 10, y = frame.clientHeight - 10
  g.fillStyle = 'rgba(255,255,255,.85)'
  g.fillRect(x, y - 18, w, 18)
  g.strokeStyle = g.fillStyle = '#000'
  g.lineWidth = 1.5
  g.beginPath()
  g.moveTo(x, y - 12); g.lineTo(x, y); g.lineTo(x + w, y); g.lineTo(x + w, y - 12)
  g.stroke()
  g.font = '11px "Noto Sans Variable", sans-serif'
  g.textBaseline = 'bottom'
  g.fillText(bar.textContent ?? '', x + 5, y - 2)
}
