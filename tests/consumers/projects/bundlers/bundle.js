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
    esbuild({ ...node, entryPoints: [entry], outfile: `${file}.mjs`, format: 'esm', minify: true }),
  'esbuild to CommonJS': (entry, file) =>
    esbuild({ ...node, entryPoints: [entry], outfile: `${file}.cjs`, format: 'cjs', minify: true }),
  'esbuild, ES modules preferred': (entry, file) =>
    esbuild({
      ...node,
      entryPoints: [entry],
      outfile: `${file}.mjs`,
      format: 'esm',
      minify: true,
      mainFields: ['module', 'main'],
    }),
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

/** Bundlers that take the builds of ES modules leave out what is not used, the table of phone numbers above all. */
const LEAST = { 'esbuild, ES modules preferred': 500_000, webpack: 500_000, 'Vite SSR': 500_000 };

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
  return { outcome: run(file), size: statSync(file).size };
}

let first;
const sizes = {};
for (const [name, bundle] of Object.entries(bundlers)) {
  try {
    const all = await outcomeOf(name, bundle, 'out/main.js');
    first ??= all.outcome;
    assert.equal(all.outcome, first, 'The outcome is another one than with the first bundler.');
    const observed = await outcomeOf(name, bundle, 'observed.js');
    assert.equal(observed.outcome, 'undefined', 'The tracer is there without @opentelemetry/api.');
    const least = await outcomeOf(name, bundle, 'least.js');
    assert.deepEqual(JSON.parse(least.outcome), { port: 5433, pool: { max: 25 } });
    sizes[name] = [all.size, least.size].map((size) => `${Math.round(size / 1000)} KB`).join(', at least ');
    assert.ok(least.size <= (LEAST[name] ?? Infinity), `The least bundle is ${least.size} bytes.`);
  } catch (cause) {
    throw new Error(`${name}: ${cause.message}\n${String(cause.stderr ?? '').slice(-2000)}`);
  }
}
writeFileSync('outcome.json', JSON.stringify({ ...JSON.parse(first), note: sizes }));
