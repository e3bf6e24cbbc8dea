// Words for scripts stand in the page, in the reader's language.
export function word(id: string): string {
  const e = document.querySelector('#words')
  const all = JSON.parse(e?.getAttribute('data-words') ?? '{}') as Record<string, string>
  return all[id] ?? id
}

// Where this room lies: at the root of its server, or, as files, in any folder.
export const still = (): boolean => document.querySelector('#words')?.hasAttribute('data-root') ?? false
export function rootOf(): string {
  const up = document.querySelector('#words')?.getAttribute('data-root')
  return up ? new URL(up, location.href).href.replace(/\/$/, '') : location.origin
}
