// What happens inside a process that measures watching files.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeSections, FIELDS_PER_SECTION } from '../content/sections.js';
import { importBuilt } from '../packages.js';
import { quantile } from '../statistics.js';
import { declareOurs } from '../subjects/uno-config.js';

const SAVES = 60;
const NEIGHBOUR = fileURLToPath(new URL('write-beside.js', import.meta.url));

/** Milliseconds from the save of a file to the publication of its generation: `{ p50, p99 }`. */
export async function timeSaves(debounce) {
  const { files, reloads, store } = await watched(1, { debounce: `${debounce}ms` });
  const durations = [];
  for (let save = 1; save <= SAVES; save += 1) {
    const published = new Promise((resolve) => {
      const leave = reloads.events.on('ConfigChanged', () => {
        leave();
        resolve(performance.now());
      });
    });
    const start = performance.now();
    writeFileSync(files[0], textOf(0, save));
    durations.push((await published) - start);
    if (store.current.instances[0].limit00 !== save) throw new Error('another save was published');
    // Not in step with whatever looks at the file in turns.
    await pause(20 + ((save * 37) % 60));
  }
  await reloads.close();
  return { p50: quantile(durations, 0.5), p99: quantile(durations, 0.99) };
}

/**
 * The share of a core, in per cent, that watching so many files takes while nothing happens to them.
 *
 * @param writes how often in a second another process writes a file beside them
 */
export async function measureIdle(count, seconds, writes) {
  const { files, reloads } = await watched(count, {});
  const share = await shareOfCore(path.dirname(files[0]), seconds, writes);
  await reloads.close();
  return share;
}

/** The same for one watcher of `node:fs` that does nothing with what it is told. */
export async function measureBare(seconds, writes) {
  const folder = temporaryFolder();
  const watcher = watch(folder, () => undefined);
  const share = await shareOfCore(folder, seconds, writes);
  watcher.close();
  return share;
}

async function shareOfCore(folder, seconds, writes) {
  const neighbour = writes === 0 ? undefined : fork(NEIGHBOUR, [folder, String(writes)]);
  await pause(3_000);
  const before = process.cpuUsage();
  const start = performance.now();
  await pause(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  const elapsed = (performance.now() - start) * 1_000;
  neighbour?.kill();
  return ((user + system) / elapsed) * 100;
}

async function watched(count, reload) {
  const folder = temporaryFolder();
  const { library, classes } = await declareOurs({ leaves: count * FIELDS_PER_SECTION });
  const { ConfigStore, loadGeneration, ReloadService } = await importBuilt('runtime/index.js');
  const files = classes.map((_, index) => path.join(folder, `${index}.json`));
  files.forEach((file, index) => writeFileSync(file, textOf(index, 0)));
  const options = { sections: classes, sources: files.map((file) => library.jsonFile(file)), unknownKeys: 'error' };
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, { watch: true, ...reload });
  await reloads.start();
  return { files, reloads, store };
}

function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every field of a section, its first number as given. */
function textOf(index, value) {
  const { name, fields } = describeSections({ leaves: (index + 1) * FIELDS_PER_SECTION })[index];
  const initial = { integer: value, text: 'text', switch: true };
  return JSON.stringify({ [name]: Object.fromEntries(fields.map(({ name: field, kind }) => [field, initial[kind]])) });
}
