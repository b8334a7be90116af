import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BENCHMARKS } from './folders.js';

const NOT_AREAS = new Set(['harness', 'node_modules', 'tests']);

/** The ids of all benchmarks: every `<area>/<name>.js` beside the harness is one. */
export function listIds(folder = BENCHMARKS) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_AREAS.has(entry.name))
    .flatMap(({ name: area }) =>
      readdirSync(path.join(folder, area))
        .filter((file) => file.endsWith('.js'))
        .map((file) => `${area}/${file.slice(0, -'.js'.length)}`),
    )
    .sort(inOrderOfSize);
}

/**
 * The ids that the wanted texts select, each its own benchmark or, where none has exactly this id, all that start with
 * it; all ids when nothing is wanted.
 *
 * @throws RangeError when a wanted text selects nothing.
 */
export function selectIds(ids, wanted) {
  const selected = new Set(wanted.flatMap((text) => selectBy(text, ids)));
  return wanted.length === 0 ? ids : ids.filter((id) => selected.has(id));
}

function selectBy(text, ids) {
  if (ids.includes(text)) return [text];
  const starting = ids.filter((id) => id.startsWith(text));
  if (starting.length > 0) return starting;
  throw new RangeError(`${text}: no benchmark has this id or starts with it. There are: ${ids.join(', ')}.`);
}

/** Imports the benchmark of an id. */
export async function importBenchmark(id, folder = BENCHMARKS) {
  const { default: benchmark } = await import(pathToFileURL(path.join(folder, `${id}.js`)).href);
  for (const [key, type] of Object.entries({ title: 'string', unit: 'string', measure: 'function' })) {
    if (typeof benchmark?.[key] !== type) throw new TypeError(`${id}.js: its default export needs ${key}, a ${type}.`);
  }
  return benchmark;
}

/** Alphabetical, and 1000 before 10000. */
function inOrderOfSize(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
