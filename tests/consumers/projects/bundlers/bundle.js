// Makes one file of the application with each bundler, as it stands, minified; moves it into an empty folder and runs it
// there. What one of them does otherwise than the others is told by its name.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';

const node = { bundle: true, platform: 'node', target: 'node20', logLevel: 'error' };

const bundlers = {
  'esbuild to ESM': (entry, file) =>
    esbuild({ ...node, entryPoints: [entry], outfile: `${file}.mjs`, format: 'esm', minify: true, banner: REQUIRE }),
  'esbuild to CommonJS': (entry, file) =>
    esbuild({ ...node, entryPoints: [entry], outfile: `${file}.cjs`, format: 'cjs', minify: true }),
  webpack: (entry, file) =>
    new Promise((resolve, reject) => {
      // One file, although the parsers of formats are loaded when they are needed.
      const output = { path: path.dirname(file), filename: `${path.basename(file)}.cjs`, asyncChunks: false };
      webpack({ mode: 'production', target: 'node20', entry, output }, (error, stats) => {
        if (error) reject(error);
        else if (stats.hasErrors()) reject(new Error(stats.toString('errors-only')));
        else resolve();
      });
    }),
  'Vite SSR': (entry, file) =>
    vite({
      logLevel: 'error',
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: entry,
        outDir: path.dirname(file),
        emptyOutDir: true,
        minify: true,
        rolldownOptions: { output: { entryFileNames: `${path.basename(file)}.mjs`, codeSplitting: false } },
      },
    }),
};

/** CommonJS packages in an ES module that esbuild makes ask for Node's modules by `require`. */
const REQUIRE = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };

/** Runs the file where there is nothing else. */
function run(file) {
  const folder = mkdtempSync(path.join(tmpdir(), 'uno-one-file-'));
  try {
    copyFileSync(file, path.join(folder, path.basename(file)));
    execFileSync(process.execPath, [path.basename(file)], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    return readFileSync(path.join(folder, 'outcome.json'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function outcomeOf(name, bundle, entry) {
  const folder = path.resolve('bundles', `${name} ${path.parse(entry).name}`.replaceAll(' ', '-'));
  await bundle(path.resolve(entry), path.join(folder, 'app'));
  const files = readdirSync(folder).filter((file) => !file.endsWith('.LICENSE.txt'));
  assert.equal(files.length, 1, `${name} made ${files.join(', ')}`);
  const file = path.join(folder, files[0]);
  console.error(`${name}, ${path.basename(entry)}: ${Math.round(statSync(file).size / 1000)} KB`);
  return run(file);
}

let first;
for (const [name, bundle] of Object.entries(bundlers)) {
  try {
    const outcome = await outcomeOf(name, bundle, 'out/main.js');
    first ??= outcome;
    assert.equal(outcome, first, 'The outcome is another one than with the first bundler.');
    const least = JSON.parse(await outcomeOf(name, bundle, 'least.js'));
    assert.deepEqual(least, { port: 5433, pool: { max: 25 } });
  } catch (cause) {
    throw new Error(`${name}: ${cause.message}\n${cause.stderr ?? ''}`, { cause });
  }
}
writeFileSync('outcome.json', first);
