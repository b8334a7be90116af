// Joins the many small modules that tsc wrote to dist into one file for each entry point and what they share: loading two
// hundred files took five times as long as loading what is in them. Declarations and sources stay as they are.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const published = Object.values(exports).map((target) => target.default);
// What is started by its file name: the command line, and the thread that it compiles the user's TypeScript in.
const started = ['./dist/cli/main.js', './dist/cli/typescript/hooks-thread.js'];
// The benchmarks measure what the package does not offer.
const inner = process.argv.includes('--with-rooms') ? roomsBelow('src') : [];
const entryPoints = [...new Set([...published, ...started, ...inner])]
  .filter(Boolean)
  .map((file) => path.join(root, file));

/** The bundle has the thread's file elsewhere than beside the code that starts it, which is in a shared chunk. */
const threadPlace = {
  name: 'thread-place',
  setup({ onLoad }) {
    onLoad({ filter: /compile-typescript\.js$/ }, ({ path: file }) => {
      const contents = readFileSync(file, 'utf8');
      const moved = contents.replace("'./hooks-thread.js'", "'../cli/typescript/hooks-thread.js'");
      if (moved === contents) throw new Error(`${file} does not start ./hooks-thread.js any more.`);
      return { contents: moved };
    });
  },
};

const { metafile } = await build({
  entryPoints,
  outbase: dist,
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  // Names of `imports` in package.json, which the user's bundler or Node looks up.
  external: ['#*'],
  sourcemap: true,
  // The package has the sources themselves.
  sourcesContent: false,
  plugins: [threadPlace],
  metafile: true,
  logLevel: 'warning',
});

keepClassNames(Object.keys(metafile.outputs));
refuseRenamedClasses(Object.keys(metafile.outputs));
const written = new Set(Object.keys(metafile.outputs).map((file) => path.resolve(file)));
removeOthers(dist);
removeOrphans(dist);

/**
 * A class that speaks of itself inside gets an underscore before its name there, which `util.inspect` and stacks show. The
 * space that takes its place keeps all columns as the source map has them.
 */
function keepClassNames(files) {
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(path.resolve(file), 'utf8');
    const names = [...text.matchAll(/^(?:var|let|const) (\w+) = class _\1\b/gm)].map(([, name]) => name);
    const kept = names.reduce(
      (now, name) => now.replace(new RegExp(`(?<![\\w.#$])_${name}\\b`, 'g'), `${name} `),
      text,
    );
    if (/\bclass _[A-Z]/.test(kept)) throw new Error(`${file}: a class would show another name than its own.`);
    if (kept !== text) writeFileSync(path.resolve(file), kept);
  }
}

/**
 * Two classes of one name in one file would get a number each, which users would read in messages. (esbuild can keep
 * names, but then names every closure anew whenever it is made, which took a tenth of a load.)
 */
function refuseRenamedClasses(files) {
  for (const file of files) {
    const [, name] = /^(?:var|let|const) (\w+\d) = class\b/m.exec(readFileSync(path.resolve(file), 'utf8')) ?? [];
    if (name !== undefined) throw new Error(`${file}: two classes have the name of ${name}; rename one of them.`);
  }
}

/** The unbundled modules, and folders that held nothing else, have no reader any more. */
/** What tsc wrote for the index of every folder below one. */
function roomsBelow(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name === 'index.ts')
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, 'index.js')))
    .map((file) => file.replace(/^src/, './dist'));
}

function removeOthers(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(file);
    else if (/\.js(\.map)?$/.test(entry.name) && !written.has(file)) rmSync(file);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** What an earlier build made of sources that are gone would be published with the rest. */
function removeOrphans(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const [, name] = /^(.+)\.d\.ts(?:\.map)?$/.exec(path.relative(dist, file)) ?? [];
    if (name !== undefined && !existsSync(path.join(root, 'src', `${name}.ts`))) rmSync(file);
  }
}
