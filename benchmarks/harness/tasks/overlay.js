// What happens inside a process, started with --expose-gc, that measures overlays over one generation.
import { changeableLeaves } from '../content/change-leaf.js';
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
 * CPU microseconds of an overlay of five leaves, each in another section or all in one, whose sections are asked for, as
 * are five that it leaves alone; and the bytes that it keeps, idle and once used.
 */
export async function measureOverlays(content, { together = false } = {}) {
  const { library, classes } = await declareOurs(content);
  const { loadGeneration, Overlay } = await importBuilt('runtime/index.js');
  const { createLayer } = await importBuilt('core/index.js');
  const parent = await loadGeneration({ sections: classes, sources: sourcesOf(content, library) });
  const sections = describeSections(content);
  const touched = together ? [0] : Array.from({ length: LEAVES }, (_, index) => index * 7);
  const asked = [...touched, ...Array.from({ length: LEAVES }, (_, index) => index * 7 + 1)];
  const first = changeableLeaves(content);
  const treeOf = (value) =>
    Object.fromEntries(
      touched.map((index) => {
        const { name, fields } = sections[index];
        const integers = fields.filter(({ kind }) => kind === 'integer').slice(1, 1 + LEAVES / touched.length);
        return [name, Object.fromEntries(integers.map((field) => [field.name, value]))];
      }),
    );
  const open = (value) => new Overlay(parent, [createLayer({ name: 'tenant', tree: treeOf(value) })]);
  const use = async (overlay) => {
    const instances = [];
    for (const index of asked) instances.push(await overlay.instance(index));
    return instances;
  };
  prove(await use(open(3)), parent, { touched, asked, name: first[0][0] });

  const times = [];
  const idle = [];
  let before = await settledBytes();
  for (let value = 0; value < OVERLAYS; value += 1) idle.push(open(value));
  const idleBytes = ((await settledBytes()) - before) / OVERLAYS;
  before = await settledBytes();
  for (let block = 0; block < OVERLAYS; block += BLOCK) {
    const spent = startCpuClock();
    for (const overlay of idle.slice(block, block + BLOCK)) await use(overlay);
    times.push((spent() * 1_000) / BLOCK);
  }
  const usedBytes = ((await settledBytes()) - before) / OVERLAYS + idleBytes;
  if (idle.length !== OVERLAYS) throw new Error('an overlay was let go of');
  return { microseconds: median(times), idleBytes, usedBytes };
}

function prove(instances, parent, { touched, asked, name }) {
  asked.forEach((index, at) => {
    const isOwn = instances[at] !== parent.instances[index];
    if (isOwn !== touched.includes(index))
      throw new Error(`section ${index} is ${isOwn ? '' : 'not '}the overlay's own`);
  });
  if (instances[0][name] !== 3) throw new Error(`the overlay says 3 at ${name}, and has ${String(instances[0][name])}`);
}
