// Joins the many small modules that tsc wrote to dist into one file for each entry point and what they share: loading two
// hundred files took five times as long as loading what is in them. Declarations and sources stay as they are.
// `node scripts/bundle.js <folder>` joins those of another folder, for the programs that tests start.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { NODE_BUNDLE } from './node-bundle.js';
import { buildPage } from './page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given = 'dist'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const dist = path.resolve(root, given);
const isPublished = given === 'dist';
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const published = Object.values(exports).flatMap((target) => target.default ?? []);
// What is started by its file name: the command line, and the thread that it compiles the user's TypeScript in.
const started = ['./dist/cli/main.js', './dist/cli/typescript/hooks-thread.js'];
// The benchmarks measure what the package does not offer.
const inner = process.argv.includes('--with-rooms') ? ['./dist/runtime/index.js', './dist/schema/index.js'] : [];
const inDist = (file) => path.join(dist, path.relative('dist', file));
const entryPoints = [...new Set([...published, ...started, ...inner])].map(inDist);

// What settings without a container need is one chunk: its parts that other entry points share would be thirty files, at
// half a millisecond each. Entry points that are used without loading settings stay light.
const light = ['./dist/sections/decorators.js', ...started];
// What the command line imports only when it is needed.
const dynamic = ['cli/run-process', 'inspector/index', 'container/index', 'flags/index'];
const withBase = [...published, ...inner, ...dynamic.map((name) => `./dist/${name}.js`)]
  .filter((file) => !light.includes(file))
  .map(inDist);
let base = [];

/**
 * esbuild puts everything that a file's imports lead to into its chunk, used or not: one function imported from a folder's
 * index would load the folder. So each name is imported from the file that defines it.
 */
const pastIndexes = {
  name: 'past-indexes',
  setup({ onLoad, onResolve }) {
    // An import for the sake of the chunk would be dropped from what has no side effects.
    onResolve({ filter: /^[./].*\.js$/ }, ({ path: name, resolveDir }) => {
      const file = path.resolve(resolveDir, name);
      return base.includes(file) ? { path: file, sideEffects: true } : undefined;
    });
    onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      if (!file.startsWith(dist)) return undefined;
      const contents = readFileSync(file, 'utf8').replace(fromIndex, (statement, verb, names, index) => {
        const defined = exportsOf(path.resolve(path.dirname(file), index));
        const straight = listed(names).map((part) => {
          const [name, local = name] = part.split(' as ');
          const [from, inside] = defined.get(name) ?? [];
          if (from === undefined) throw new Error(`${file}: ${index} does not export ${name}.`);
          const relative = path.relative(path.dirname(file), from).replace(/^(?!\.)/, './');
          return `${verb} ${inside === '*' ? `* as ${local}` : `{ ${inside} as ${local} }`} from '${relative}';`;
        });
        // On as many lines as before, for the source maps.
        return straight.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
      });
      const whole = withBase.includes(file) ? base.map((part) => `\nimport '${part}';`).join('') : '';
      return { contents: withThreadPlace(file, contents) + whole };
    });
  },
};
const fromIndex = /^(import|export) \{([^}]*)\} from '(\.[^']*\/index\.js)';/gm;

/** Where each name that a file exports is defined: the file, and the name there. */
function exportsOf(file) {
  const text = readFileSync(file, 'utf8');
  const local = [...text.matchAll(/^export (?:async )?(?:function\*?|class|const|let) ([\w$]+)/gm)];
  const found = new Map(local.map(([, name]) => [name, [file, name]]));
  for (const [, names, all, from] of text.matchAll(/^export (?:\{([^}]*)\}|\*(?: as (\w+))?) from '(\.[^']*)';/gm)) {
    const source = path.resolve(path.dirname(file), from);
    if (all !== undefined) {
      found.set(all, [source, '*']);
      continue;
    }
    const inner = exportsOf(source);
    for (const part of names === undefined ? inner.keys() : listed(names)) {
      const [name, exported = name] = part.split(' as ');
      found.set(exported, inner.get(name));
    }
  }
  return found;
}

function listed(names) {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** The bundle has the thread's file elsewhere than beside the code that starts it, which is in a shared chunk. */
function withThreadPlace(file, contents) {
  if (!file.endsWith('compile-typescript.js')) return contents;
  const moved = contents.replace("'./hooks-thread.js'", "'../cli/typescript/hooks-thread.js'");
  if (moved === contents) throw new Error(`${file} does not start ./hooks-thread.js any more.`);
  return moved;
}

const PAGE = '../../dist/inspector/page/';

const common = {
  ...NODE_BUNDLE,
  outdir: dist,
  outbase: dist,
  allowOverwrite: true,
  plugins: [pastIndexes],
  metafile: true,
};

const standalone = path.join(dist, 'standalone.js');
const first = await build({ ...common, entryPoints: [standalone], write: false });
const [{ inputs }] = Object.values(first.metafile.outputs);
base = Object.keys(inputs)
  .filter((file) => inputs[file].bytesInOutput > 0 && path.resolve(file) !== standalone)
  .map((file) => path.resolve(file));

const { metafile } = await build({
  ...common,
  entryPoints,
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  sourcemap: isPublished,
  // The package has the sources themselves.
  sourcesContent: false,
});

checkPagePlace(Object.keys(metafile.outputs));
keepClassNames(Object.keys(metafile.outputs));
refuseRenamedClasses(Object.keys(metafile.outputs));
const written = new Set(Object.keys(metafile.outputs).map((file) => path.resolve(file)));
removeOthers(dist);
if (isPublished) {
  removeOrphans(dist);
  await buildPage();
}

/** The code that reads the page's files names them from where it is. */
function checkPagePlace(files) {
  const readers = files.filter(
    (name) => name.endsWith('.js') && readFileSync(path.resolve(name), 'utf8').includes(PAGE),
  );
  const isTwoBelow = (name) => path.relative(dist, path.resolve(name)).split(path.sep).length === 2;
  if (readers.length === 0 || !readers.every(isTwoBelow)) throw new Error(`${PAGE} is not found from ${readers}.`);
}

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
    // esbuild escapes strings; a single other character in a comment doubles the file in memory and its time to compile.
    const ascii = kept.replace(/[^\0-\x7F]/g, '.');
    if (ascii !== text) writeFileSync(path.resolve(file), ascii);
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
