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
/** Thousands after which the engine compiles nothing any more. */
const WARM = 10;

/**
 * CPU microseconds of a whole generation over five leaves, each in another section or all in one, as a tenant has it: in the
 * first thousand, while the engine still compiles, in the next one, and hot. And the bytes that one keeps, without those of
 * compiled code: idle its layers alone, and once used the generation too.
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
  const layersOf = (value) => [createLayer({ name: 'tenant', tree: treeOf(value) })];
  const use = (layers) => new Overlay(parent, layers).generation();
  prove(await use(layersOf(3)), parent, { touched, tree: treeOf(3)[sections[0].name] });

  const thousand = async (kept) => {
    const times = [];
    for (let block = 0; block < OVERLAYS; block += BLOCK) {
      const fresh =
        kept?.idle.slice(block, block + BLOCK) ?? Array.from({ length: BLOCK }, (_, at) => layersOf(block + at));
      const spent = startCpuClock();
      for (const layers of fresh) {
        const generation = await use(layers);
        kept?.used.push(generation);
      }
      times.push((spent() * 1_000) / BLOCK);
    }
    return median(times);
  };
  const cold = await thousand();
  const steady = await thousand();
  const kept = { idle: [], used: [] };
  let before = await settledBytes();
  for (let value = 0; value < OVERLAYS; value += 1) kept.idle.push(layersOf(value));
  const idleBytes = ((await settledBytes()) - before) / OVERLAYS;
  before = await settledBytes();
  await thousand(kept);
  const usedBytes = ((await settledBytes()) - before) / OVERLAYS + idleBytes;
  if (kept.idle.length + kept.used.length !== 2 * OVERLAYS) throw new Error('an overlay was let go of');
  for (let warm = 0; warm < WARM; warm += 1) await thousand();
  return { hot: await thousand(), cold, steady, idleBytes, usedBytes };
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
