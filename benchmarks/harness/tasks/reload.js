// What happens inside a process that measures reloading. One process holds one set of settings.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { describeSections, FIELDS_PER_SECTION, valueAt } from '../content/sections.js';
import { importBuilt, importOurs } from '../packages.js';
import { median } from '../statistics.js';
import { declareOurs } from '../subjects/uno-config.js';

const RELOADS = 60;
const WARM_UP = 20;
/** A reload of one file of many is short: it takes more of them until the optimiser is done. */
const WARM_UP_SHORT = 300;
const COLD_LOADS = 5;

/** The leaf that every change is made to. */
const FIELD = 'limit00';

/**
 * Milliseconds of a load of everything and of a reload after one leaf has changed, with one file for each section. As
 * when its watcher tells, only the changed file is read.
 *
 * @param references whether every second section refers to the one before
 */
export async function timeManyFiles(sections, references = false) {
  const names = describeSections(sections * FIELDS_PER_SECTION);
  const folder = temporaryFolder();
  const tree = names.map(({ name, fields }, section) => ({
    [name]: Object.fromEntries(fields.map((field, index) => [field.name, valueAt(section, index)])),
  }));
  if (references) tree.forEach((section, index) => refer(section[names[index].name], names, index));
  const files = names.map(({ name }) => path.join(folder, `${name}.json`));
  files.forEach((file, section) => writeFileSync(file, JSON.stringify(tree[section], null, 2)));
  const { library, classes } = await declareOurs(sections * FIELDS_PER_SECTION);
  const { loadGeneration } = await importBuilt('runtime/index.js');
  const options = { sections: classes, sources: files.map((file) => library.jsonFile(file)) };
  const change = (section, value) => {
    tree[section][names[section].name][FIELD] = value;
    writeFileSync(files[section], JSON.stringify(tree[section], null, 2));
  };
  return measure({
    options,
    loadGeneration,
    change,
    places: sections,
    warmUp: WARM_UP_SHORT,
    only: (section) => new Set([section]),
  });
}

/** One text of every second section refers to one of the section before, which nothing else refers to. */
function refer(fields, names, index) {
  if (index % 2 === 0) return;
  const { name } = names[index - 1];
  const text = Object.keys(fields).find((field) => typeof fields[field] === 'string');
  const target = names[index - 1].fields.find(({ kind }) => kind === 'text').name;
  fields[text] = `\${${name}.${target}}`;
}

/** The same with everything in one file, and the milliseconds that its parser alone takes for the same text. */
export async function timeOneFile({ leaves, format, path: file }) {
  const { classes, sourceOf } = await declareOurs(leaves);
  const { loadGeneration } = await importBuilt('runtime/index.js');
  const target = path.join(temporaryFolder(), path.basename(file));
  let text = readFileSync(file, 'utf8');
  writeFileSync(target, text);
  const names = describeSections(leaves);
  const change = (section, value) => {
    const { name } = names[section];
    const start = text.indexOf(FIELD, text.indexOf(name));
    text = text.slice(0, start) + text.slice(start).replace(/(: )\d+/, `$1${value}`);
    writeFileSync(target, text);
  };
  const parse = await parserOf(format);
  const options = { sections: classes, sources: [sourceOf[format](target)] };
  const parser = [];
  const beside = () => {
    const start = performance.now();
    kept.last = parse(readFileSync(target, 'utf8'));
    parser.push(performance.now() - start);
  };
  const times = await measure({ options, loadGeneration, change, places: names.length, beside });
  return { ...times, parser: median(parser.slice(WARM_UP)) };
}

/** Keeps what was made last reachable, so that nothing can be left out. */
const kept = {};

async function measure({ options, loadGeneration, change, places, warmUp = WARM_UP, only, beside }) {
  const cold = [];
  const reload = [];
  let start = performance.now();
  let current = await loadGeneration(options);
  const first = performance.now() - start;
  for (let round = 0; round < warmUp + RELOADS; round += 1) {
    const section = (round * 37) % places;
    const value = 1000 + round;
    change(section, value);
    beside?.();
    start = performance.now();
    const next = await loadGeneration(options, { previous: current, only: only?.(section) });
    if (round >= warmUp) reload.push(performance.now() - start);
    proveOneChange(current, next, section, value);
    current = next;
  }
  for (let round = 0; round < COLD_LOADS; round += 1) {
    start = performance.now();
    kept.last = await loadGeneration(options);
    cold.push(performance.now() - start);
  }
  return { first, cold: median(cold), reload: median(reload) };
}

function proveOneChange(before, after, section, value) {
  if (after.instances[section][FIELD] !== value) throw new Error(`the change of section ${section} was not taken in`);
  const changed = after.instances.filter((instance, index) => instance !== before.instances[index]).length;
  if (changed !== 1) throw new Error(`${changed} sections were made anew instead of one`);
}

async function parserOf(format) {
  if (format === 'json') return JSON.parse;
  const { load } = await importOurs('js-yaml');
  return (text) => load(text);
}

function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  return folder;
}
