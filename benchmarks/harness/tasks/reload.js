// What happens inside a process that measures reloading. One process holds one set of settings.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { changeableLeaves, changeNumber } from '../content/change-leaf.js';
import { buildTree, describeSections } from '../content/sections.js';
import { setVariables } from '../content/variables.js';
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';
import { median } from '../statistics.js';
import { parserOf } from '../subjects/read-tree.js';
import { declareOurs, sourceOf, sourcesOf, spellOurs } from '../subjects/uno-config.js';

const RELOADS = 60;
const WARM_UP = 20;
/** A reload of one file of many is short: it takes more of them until the optimiser is done. */
const WARM_UP_SHORT = 300;
const WARM_LOADS = 5;

/**
 * CPU milliseconds of a load of everything and of a reload after one leaf has changed, with the base kept in one file for
 * each section. As when its watcher reports, only the changed file is read.
 *
 * @param references whether every second section refers to the one before
 */
export async function timeManyFiles(content, { references = false } = {}) {
  const folder = temporaryFolder();
  const trees = treesOfSections(content);
  if (references) describeSections(content).forEach(refer(trees));
  const files = trees.map((tree, index) => {
    const file = path.join(folder, `${index}.json`);
    writeFileSync(file, JSON.stringify(tree, null, 2));
    return file;
  });
  const { library, classes } = await declareOurs(content);
  const [, ...above] = sourcesOf(content, library);
  const options = { sections: classes, sources: [...files.map((file) => library.jsonFile(file)), ...above] };
  return measure(content, {
    options,
    library,
    fileOf: (section) => files[section],
    warmUp: WARM_UP_SHORT,
    sourceOfSection: (section) => section,
  });
}

/** The same with the base in one file, and what its parser alone takes for the same text. */
export async function timeOneFile(content) {
  const { library, classes } = await declareOurs(content);
  const file = path.join(temporaryFolder(), path.basename(content.path));
  writeFileSync(file, readFileSync(content.path));
  const [, ...above] = sourcesOf(content, library);
  const options = { sections: classes, sources: [sourceOf(content.format, library)(file), ...above] };
  const parse = await parserOf(content.format);
  const parser = [];
  const beside = () => {
    const spent = startCpuClock();
    kept.last = parse(readFileSync(file, 'utf8'));
    parser.push(spent());
  };
  const times = await measure(content, {
    options,
    library,
    fileOf: () => file,
    warmUp: WARM_UP,
    sourceOfSection: () => 0,
    beside,
  });
  return { ...times, parser: median(parser.slice(WARM_UP)) };
}

/** Keeps what was made last reachable, so that nothing can be left out. */
const kept = {};

/** As a running service reloads: the source whose file has changed says so, and the new settings are told to listeners. */
async function measure(content, { options, library, fileOf, warmUp, sourceOfSection, beside }) {
  setVariables(content, spellOurs);
  const changeable = changeableLeaves(content);
  const { sources, tell } = announced(options.sources);
  const warm = [];
  const reload = [];
  const { Container } = await importOurs('inversify');
  const container = new Container();
  const live = { watch: true, debounce: '0ms', settle: '0ms', history: 1 };
  let spent = startCpuClock();
  await container.loadAsync(library.ConfigModule.fromOptions({ ...options, sources, reload: live }));
  const first = spent();
  const store = container.get(library.ConfigStore);
  const { events } = container.get(library.ReloadService);
  for (let round = 0; round < warmUp + RELOADS; round += 1) {
    const section = (round * 37) % changeable.length;
    const value = 1_000 + round;
    changeNumber(fileOf(section), changeable[section].at(-1), value);
    beside?.();
    const before = store.current;
    const moved = new Promise((resolve) => {
      const stop = events.on((event) => {
        stop();
        resolve(event);
      });
    });
    spent = startCpuClock();
    tell(sourceOfSection(section));
    const { type } = await moved;
    if (round >= warmUp) reload.push(spent());
    if (type !== 'ConfigChanged') throw new Error(`the change of section ${section} ended in ${type}`);
    proveOneChange(before, store.current, section, changeable[section], value);
  }
  await container.unbindAllAsync();
  const { loadGeneration } = await importBuilt('runtime/index.js');
  for (let round = 0; round < WARM_LOADS; round += 1) {
    spent = startCpuClock();
    kept.last = await loadGeneration(options);
    warm.push(spent());
  }
  return { first, warm: median(warm), reload: median(reload) };
}

/** The same sources, which look out for nothing and are told when their file has changed. */
function announced(sources) {
  const changed = [];
  return {
    sources: sources.map((source, index) => ({
      name: source.name,
      load: (context) => source.load(context),
      watch: (context) => {
        changed[index] = context.changed;
      },
    })),
    tell: (index) => changed[index](),
  };
}

function proveOneChange(before, after, section, keys, value) {
  const found = keys.reduce((group, key) => group[key], after.instances[section]);
  if (found !== value) throw new Error(`the change of section ${section} was not taken in`);
  const changed = after.instances.filter((instance, index) => instance !== before.instances[index]).length;
  if (changed !== 1) throw new Error(`${changed} sections were made anew instead of one`);
}

/** The base tree cut into one tree for each section. */
function treesOfSections(content) {
  const tree = buildTree(content);
  const held = content.root === undefined ? tree : tree[content.root];
  return Object.entries(held).map(([name, section]) => {
    const alone = { [name]: section };
    return content.root === undefined ? alone : { [content.root]: alone };
  });
}

/** One text of every second flat section refers to one of the section before, which nothing else refers to. */
function refer(trees) {
  const text = ({ fields }) => fields.find(({ kind }) => kind === 'text').name;
  return (section, index, sections) => {
    if (index % 2 === 0) return;
    const before = sections[index - 1];
    trees[index][section.name][text(section)] = `\${${before.name}.${text(before)}}`;
  };
}

function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
