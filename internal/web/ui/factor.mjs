// The second factor, as an authenticator gives it (RFC 6238: SHA-1, six digits, thirty seconds).
import { createHmac } from 'node:crypto'

const period = 30_000

export function code(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = ''
  for (const c of secret) bits += alphabet.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / period)))
  const h = createHmac('sha1', key).update(step).digest()
  return String((h.readUInt32BE(h[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const used = {}

// fresh gives a code that the room takes for the next half minute at least: it takes one
// period early or late, and each code once. A code of the period before would be too old
// wherever a period ends between reading the clock and sending the form.
export async function fresh(secret) {
  const now = () => Math.floor(Date.now() / period)
  const step = Math.max(now(), (used[secret] ?? 0) + 1)
  while (now() < step - 1) await new Promise((r) => setTimeout(r, 250))
  used[secret] = step
  return code(secret, step * period)
}
