// What happens inside a process, started with --expose-gc, that measures overlays over one generation.
import { describeSections } from '../content/sections.js';
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt } from '../packages.js';
import { settledBytes } from '../settled-bytes.js';
import { median } from '../statistics.js';
import { declareOurs, sourcesOf } from '../subjects/uno-config.js';

const LEAVES = 5;
const OVERLAYS = 1_000;
const BLOCK = 100;

/**
 * CPU microseconds of a whole generation over five leaves, each in another section or all in one, as a tenant has it; and
 * the bytes that it keeps: idle its layer alone, and once used the generation too. Of as many overlays again, when the
 * engine has compiled all that they run, `steady` is the time.
 */
export async function measureOverlays(content, { together = false } = {}) {
  const { library, classes } = await declareOurs(content);
  const { loadGeneration, Overlay } = await importBuilt('runtime/index.js');
  const { createLayer } = await importBuilt('sources.js');
  const parent = await loadGeneration({ sections: classes, sources: sourcesOf(content, library) });
  const sections = describeSections(content);
  const touched = together ? [0] : Array.from({ length: LEAVES }, (_, index) => index * 7);
  const treeOf = (value) =>
    Object.fromEntries(
      touched.map((index) => {
        const { name, fields, groups } = sections[index];
        const [group] = groups;
        const integers = (group ?? { fields }).fields.filter(({ kind }) => kind === 'integer');
        const few = integers.slice(1, 1 + LEAVES / touched.length);
        const own = Object.fromEntries(few.map((field) => [field.name, value]));
        return [name, group === undefined ? own : { [group.name]: own }];
      }),
    );
  const layerOf = (value) => createLayer({ name: 'tenant', tree: treeOf(value) });
  const use = (layer) => new Overlay(parent, [layer]).generation();
  prove(await use(layerOf(3)), parent, { touched, tree: treeOf(3)[sections[0].name] });

  const times = [];
  const later = [];
  const idle = [];
  const used = [];
  let before = await settledBytes();
  for (let value = 0; value < OVERLAYS; value += 1) idle.push(layerOf(value));
  const idleBytes = ((await settledBytes()) - before) / OVERLAYS;
  before = await settledBytes();
  for (let block = 0; block < OVERLAYS; block += BLOCK) {
    const spent = startCpuClock();
    for (const layer of idle.slice(block, block + BLOCK)) used.push(await use(layer));
    times.push((spent() * 1_000) / BLOCK);
  }
  const usedBytes = ((await settledBytes()) - before) / OVERLAYS + idleBytes;
  if (idle.length + used.length !== 2 * OVERLAYS) throw new Error('an overlay was let go of');
  for (let block = 0; block < OVERLAYS; block += BLOCK) {
    const fresh = Array.from({ length: BLOCK }, (_, at) => layerOf(block + at));
    const spent = startCpuClock();
    for (const layer of fresh) await use(layer);
    later.push((spent() * 1_000) / BLOCK);
  }
  return { microseconds: median(times), steady: median(later), idleBytes, usedBytes };
}

function prove({ instances }, parent, { touched, tree }) {
  instances.forEach((instance, index) => {
    const isOwn = instance !== parent.instances[index];
    if (isOwn !== touched.includes(index))
      throw new Error(`section ${index} is ${isOwn ? '' : 'not '}the overlay's own`);
  });
  const [path, value] = leafOf(tree);
  const held = path.reduce((holder, name) => holder[name], instances[0]);
  if (held !== value) throw new Error(`the overlay says ${value} at ${path.join('.')}, and has ${String(held)}`);
}

/** The first leaf of a tree: its path, and its value. */
function leafOf(tree) {
  const [[name, value]] = Object.entries(tree);
  if (typeof value !== 'object') return [[name], value];
  const [path, leaf] = leafOf(value);
  return [[name, ...path], leaf];
}
