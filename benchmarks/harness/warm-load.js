import { compare } from './compare.js';
import { writeContent, writeService } from './content/content.js';
import { FIELDS_PER_SECTION } from './content/sections.js';
import { runFresh } from './fresh-process.js';
import { interleave } from './interleave.js';
import { median } from './statistics.js';

const TASK = new URL('tasks/load.js', import.meta.url);

const ROUNDS = 11;
const ROUND_MS = 60;
const WARM_UP_MS = 2500;
const WARM_UP_LOADS = 4;

/** A benchmark that loads and validates the same files again and again in a warm process. */
export function warmLoad({ leaves, format, shape = 'flat', oneRoot = false, target }) {
  const write = (count, options) =>
    shape === 'flat' ? writeContent(count, format, options) : writeService(count, format, { oneRoot, ...options });
  return {
    title: `warm: load and validate, ${leaves} leaves, ${shape}${oneRoot ? ' below one root key' : ''}, ${format.toUpperCase()}`,
    unit: 'CPU ms',
    target,
    async measure({ subjects }) {
      const content = await write(leaves);
      const few = Math.min(leaves, shape === 'flat' ? FIELDS_PER_SECTION : 100);
      const proof = { sound: await write(few), broken: await write(few, { broken: true }) };
      const { samples, errors } = await interleave(subjects, {
        rounds: ROUNDS,
        prepare: async (process, name) => {
          await runFresh(TASK, 'prove', [name, proof]);
          await process.call(TASK, 'prepare', name, content);
          await process.call(TASK, 'warmUp', WARM_UP_MS, WARM_UP_LOADS);
        },
        sample: (process) => process.call(TASK, 'sample', ROUND_MS),
      });
      return compare(
        Object.fromEntries(Object.entries(samples).map(([name, rounds]) => [name, median(rounds)])),
        errors,
      );
    },
  };
}
