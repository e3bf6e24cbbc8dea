// What every page needs of script. Each piece looks for its element and does
// nothing without it; a page without script has the same content.
import { hear } from './news'
import { keys } from './keys'
import { passkeys } from './passkeys'
import { again } from './again'
import { slider } from './slider'
import { files } from './files'

hear()
keys()
passkeys()
slider()
files()
again()
// On a phone the rooms are one row, which may begin before the one that is shown.
document.querySelector('header nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
const map = document.querySelector<HTMLElement>('.map[data-kind]')
if (map) void import('./map').then((m) => m.draw(map))
const verify = document.querySelector<HTMLElement>('#verify')
if (verify) void import('./verify').then((m) => m.offer(verify))
