// Bundles the scripts and fonts of the pages into dist/, with the licences of what
// is in them. Nothing is loaded from elsewhere when the room runs.
import { build } from 'esbuild'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const note = await readFile('dist/README', 'utf8').catch(() => '')
await rm('dist', { recursive: true, force: true })
await mkdir('dist')
if (note) await writeFile('dist/README', note)
const common = {
  bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'eof', outdir: 'dist', charset: 'utf8',
  entryNames: '[name]', chunkNames: 'chunk-[hash]', assetNames: '[name]-[hash]', loader: { '.woff2': 'file' },
}
// The map's page and its worker have half of their code in common. The files that MapLibre
// publishes have it twice, so both are built here from its sources, and share that half.
const maplibre = './node_modules/maplibre-gl'
const { version } = JSON.parse(await readFile(`${maplibre}/package.json`, 'utf8'))
const itsVersion = { name: 'its version', setup: (b) => b.onLoad({ filter: /[\\/]maplibre-gl[\\/]package\.json$/ }, () => ({ contents: JSON.stringify({ version }), loader: 'json' })) }
const app = await build({
  ...common, entryPoints: { app: 'src/app.ts', worker: `${maplibre}/src/source/worker.ts` }, splitting: true, metafile: true,
  alias: { 'maplibre-gl': `${maplibre}/src/index.ts` }, plugins: [itsVersion],
  // Its classes declare fields of their parents again, to narrow the types: those are not set.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
})
await build({ ...common, entryPoints: { app: 'src/fonts.css', map: 'src/map.css' } })
// A page with a map names the scripts that it will need, so that a browser does not have to read
// each to learn of the next.
const outputs = app.metafile.outputs
const ofMap = new Set([Object.keys(outputs).find((f) => outputs[f].entryPoint === 'src/map.ts')])
for (const f of ofMap) for (const i of outputs[f].imports) if (i.kind === 'import-statement' && !i.external) ofMap.add(i.path)
await writeFile('dist/map.json', JSON.stringify([...ofMap].map((f) => f.replace(/^dist\//, ''))) + '\n')
const used = new Set(Object.keys(app.metafile.inputs).map((f) => f.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean))
for (const p of ['@fontsource-variable/noto-sans', '@fontsource-variable/noto-sans-arabic', 'maplibre-gl']) used.add(p)
let text = ''
for (const p of [...used].sort()) {
  const dir = `node_modules/${p}`
  const about = JSON.parse(await readFile(`${dir}/package.json`, 'utf8'))
  const file = (await readdir(dir)).find((f) => /^licen[cs]e/i.test(f))
  text += `${p} ${about.version}, ${about.license}\n\n${file ? await readFile(`${dir}/${file}`, 'utf8') : ''}\n\n`
}
await writeFile('dist/LICENSES.txt', text)

// Readers on a slow link get the scripts and styles compressed, which is done here once:
// the room only picks the one that a browser takes. What hardly shrinks stays as it is.
for (const name of await readdir('dist')) {
  if (!/\.(js|css)$/.test(name)) continue
  const data = await readFile(`dist/${name}`)
  for (const [ext, small] of [
    ['br', brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } })],
    ['gz', gzipSync(data, { level: 9 })],
  ]) if (small.length < 0.9 * data.length) await writeFile(`dist/${name}.${ext}`, small)
}
