// What happens inside a process, started with --expose-gc, that measures the source of environment variables by itself.
import { leavesOf } from '../content/sections.js';
import { PREFIX } from '../content/variables.js';
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt } from '../packages.js';
import { settledBytes } from '../settled-bytes.js';
import { median } from '../statistics.js';
import { declareOurs, sourcesOf, spellOurs } from '../subjects/uno-config.js';

const ROUNDS = 15;
const LOADS = 5;
const kept = {};

/** CPU milliseconds of the first and of a warm load of `processEnv` with so many variables, and the KiB that it keeps. */
export async function timeVariables(content, count) {
  const leaves = leavesOf(content).filter(({ field }) => field.kind === 'integer');
  const step = leaves.length / Math.max(count, 1);
  for (let index = 0; index < count; index += 1) process.env[spellOurs(leaves[Math.floor(index * step)].path)] = '1';
  const { library, classes } = await declareOurs(content);
  const { loadGeneration } = await importBuilt('runtime/index.js');
  let context;
  const spy = {
    name: 'spy',
    load: (given) => {
      context = given;
      return {};
    },
  };
  await loadGeneration({ sections: classes, sources: [...sourcesOf({ ...content, variables: false }, library), spy] });
  // A copy: to look one up in process.env takes the longer, the more there are.
  const source = library.processEnv({ prefix: PREFIX, env: { ...process.env } });
  const before = await settledBytes();
  let spent = startCpuClock();
  kept.layer = await source.load(context);
  const first = spent();
  const bytes = (await settledBytes()) - before;
  const warm = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    spent = startCpuClock();
    for (let turn = 0; turn < LOADS; turn += 1) kept.layer = await source.load(context);
    warm.push(spent() / LOADS);
  }
  return { first, warm: median(warm), kept: bytes / 1024 };
}
