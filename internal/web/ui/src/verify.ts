// Verifies the record in the reader's own browser: the signature of the checkpoint
// (C2SP signed-note, Ed25519) and the tree over every entry (RFC 6962; tlog-tiles).
// It shares no code with the server.
import { rootOf, word } from './words'

const bytes = (s: string) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0))
const sha = async (...parts: Uint8Array[]) => {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) { all.set(p, at); at += p.length }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all))
}
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((x, i) => x === b[i])

/** The size and root of a checkpoint that the key has signed; throws if it has not. */
export async function opened(note: string, vkey: string): Promise<{ size: number; root: Uint8Array }> {
  const split = note.indexOf('\n\n')
  if (split < 0) throw new Error('the checkpoint is no signed note')
  const text = note.slice(0, split + 1)
  const [name, hash, key64] = /^(.*)\+([0-9a-f]{8})\+(.*)$/.exec(vkey)?.slice(1) ?? []
  const key = bytes(key64 ?? '')
  if (!name || key[0] !== 1 || key.length !== 33) throw new Error('the key is no Ed25519 verifier key')
  const id = (await sha(new TextEncoder().encode(name + '\n'), key)).slice(0, 4)
  if ([...id].map((b) => b.toString(16).padStart(2, '0')).join('') !== hash) throw new Error('the key’s hash is not its own')
  const verifier = await crypto.subtle.importKey('raw', key.slice(1), { name: 'Ed25519' }, false, ['verify'])
  let good = false
  for (const line of note.slice(split + 2).split('\n')) {
    const m = /^— (\S+) (\S+)$/.exec(line)
    if (!m || m[1] !== name) continue
    const sig = bytes(m[2] ?? '')
    if (!same(sig.slice(0, 4), id)) continue
    good = await crypto.subtle.verify({ name: 'Ed25519' }, verifier, sig.slice(4), new TextEncoder().encode(text))
  }
  if (!good) throw new Error('the checkpoint is not signed with this key')
  const [origin, size, root] = text.split('\n')
  if (origin !== name) throw new Error('the checkpoint is of another record')
  return { size: Number(size), root: bytes(root ?? '') }
}

/** A Merkle tree as it grows: one hash for each bit of its size. */
export class Tree {
  stack: Uint8Array[] = []
  size = 0
  async add(entry: Uint8Array): Promise<void> {
    let h = await sha(new Uint8Array([0]), entry)
    for (let n = this.size; n & 1; n = Math.floor(n / 2)) h = await sha(new Uint8Array([1]), this.stack.pop()!, h)
    this.stack.push(h)
    this.size++
  }
  async root(): Promise<Uint8Array> {
    if (!this.size) return sha()
    let h = this.stack[this.stack.length - 1]!
    for (let i = this.stack.length - 2; i >= 0; i--) h = await sha(new Uint8Array([1]), this.stack[i]!, h)
    return h
  }
}

/** The path of a tile's number, in groups of three digits. */
export function path(n: number): string {
  let out = String(n % 1000).padStart(3, '0')
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) out = 'x' + String(n % 1000).padStart(3, '0') + '/' + out
  return out
}

async function verify(vkey: string, tell: (done: number, total: number) => void): Promise<number> {
  const note = await (await fetch(`${rootOf()}/checkpoint`, { cache: 'no-store' })).text()
  const { size, root } = await opened(note, vkey)
  const tree = new Tree()
  for (let tile = 0; tile * 256 < size; tile++) {
    const width = Math.min(256, size - tile * 256)
    const r = await fetch(`${rootOf()}/tile/entries/${path(tile)}${width < 256 ? `.p/${width}` : ''}`)
    if (!r.ok) throw new Error(`entries from ${tile * 256} on cannot be read: ${r.status}`)
    const data = new Uint8Array(await r.arrayBuffer())
    let at = 0
    for (let i = 0; i < width; i++) {
      const n = (data[at] ?? 0) * 256 + (data[at + 1] ?? 0)
      if (at + 2 + n > data.length) throw new Error(`entry ${tile * 256 + i} is cut short`)
      await tree.add(data.subarray(at + 2, at + 2 + n))
      at += 2 + n
    }
    if (at !== data.length) throw new Error(`there is more than ${width} entries from ${tile * 256} on`)
    tell(tree.size, size)
  }
  if (!same(await tree.root(), root)) throw new Error('the entries are not those that the checkpoint commits to')
  return size
}

export function offer(box: HTMLElement): void {
  box.hidden = false
  const out = box.querySelector('output')!
  const bar = box.querySelector('progress')!
  const button = box.querySelector('button')!
  button.onclick = () => {
    button.disabled = true
    bar.hidden = false
    out.textContent = ''
    verify(box.dataset.key ?? '', (done, total) => { bar.max = total; bar.value = done })
      .then((n) => { out.textContent = `${word('verified')} ${n}` })
      .catch((e: unknown) => { out.textContent = `${word('failed')} ${e instanceof Error ? e.message : String(e)}` })
      .finally(() => { button.disabled = false })
  }
}
