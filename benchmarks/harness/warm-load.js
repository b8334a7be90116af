import { compare } from './compare.js';
import { writeContent } from './content/content.js';
import { FIELDS_PER_SECTION } from './content/sections.js';
import { runFresh } from './fresh-process.js';
import { interleave } from './interleave.js';
import { median } from './statistics.js';
import { VALIDATING_PEERS } from './subjects/index.js';
import { aheadOf } from './verdict.js';

const TASK = new URL('tasks/load.js', import.meta.url);
const PROMISED = 'nest-typed-config';
const APART = `${PROMISED}, parser apart`;

const ROUNDS = 15;
const ROUND_MS = 60;
const WARM_UP_MS = 1500;
const WARM_UP_LOADS = 4;

/** A benchmark that loads and validates the same file again and again in a warm process. */
export function warmLoad({ leaves, format }) {
  const parserDominates = format === 'yaml';
  return {
    title: `warm load + validate, ${leaves} leaves in ${leaves / FIELDS_PER_SECTION} sections, ${format.toUpperCase()}`,
    unit: 'ms',
    target: parserDominates
      ? {
          text: `ahead of every peer that validates; at most 0.1x ${PROMISED} above the parser (own median minus plain's); heading for 3x plain`,
          ratios: { ...aheadOf(VALIDATING_PEERS), [APART]: { atMost: 0.1 } },
        }
      : {
          text: `at most 0.1x ${PROMISED}, ahead of every peer that validates; heading for 3x plain`,
          ratios: { ...aheadOf(VALIDATING_PEERS), [PROMISED]: { atMost: 0.1 } },
        },
    async measure({ subjects }) {
      const content = await writeContent(leaves, format);
      const proof = {
        sound: await writeContent(FIELDS_PER_SECTION, format),
        broken: await writeContent(FIELDS_PER_SECTION, format, { broken: true }),
      };
      const { samples, errors } = await interleave(subjects, {
        rounds: ROUNDS,
        prepare: async (process, name) => {
          await runFresh(TASK, 'prove', [name, proof]);
          await process.call(TASK, 'prepare', name, content);
          await process.call(TASK, 'warmUp', WARM_UP_MS, WARM_UP_LOADS);
        },
        sample: (process) => process.call(TASK, 'sample', ROUND_MS),
      });
      const figures = Object.fromEntries(
        Object.entries(samples).map(([name, rounds]) => [name, median(rounds.flat())]),
      );
      const result = compare(figures, errors);
      return parserDominates ? withParserApart(result) : result;
    },
  };
}

/** Adds the ratio of what is left when the parser and plain's freezing are taken off both sides. */
function withParserApart(result) {
  const { median: own, medians, ratios } = result;
  if (own === null || medians[PROMISED] === undefined || medians.plain === undefined) return result;
  const apart = Math.max(0, own - medians.plain) / (medians[PROMISED] - medians.plain);
  return { ...result, ratios: { ...ratios, [APART]: apart } };
}
