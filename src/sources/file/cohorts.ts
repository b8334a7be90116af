import {
  type ConfigLayer,
  type ConfigPath,
  type LoadContext,
  type Selectors,
  COHORTS_KEY,
  isConfigMap,
  quoted,
} from '../../core/index.js';
import type { ParsedFile } from '../format/index.js';
import { parseError } from '../read/index.js';

/** Which percentage of the instances is in a cohort, by its name. */
export type Cohorts = ReadonlyMap<string, number>;

export const NO_COHORTS: Cohorts = new Map();

/**
 * The cohorts that a file sets.
 *
 * @param ofCohort whether it is a cohort's own: that is read when it is known who is in
 * @throws ConfigError `invalid-cohort`.
 */
export function cohortsIn(file: ParsedFile, ofCohort: boolean): Cohorts {
  if (!Object.hasOwn(file.tree, COHORTS_KEY)) return NO_COHORTS;
  const given = file.tree[COHORTS_KEY];
  if (ofCohort) refuseCohortsIn(file, 'a file of a cohort cannot say who is in one');
  if (!isConfigMap(given)) throw cohortError(file, [COHORTS_KEY], 'expected cohorts with percentages');
  return new Map(
    Object.entries(given).map(([name, share]) => {
      const path = [COHORTS_KEY, name];
      if (!NAME.test(name) || name === 'none') throw cohortError(file, path, 'is not a name that a cohort can have');
      const [, digits] = typeof share === 'string' ? (PERCENTAGE.exec(share) ?? []) : [];
      if (digits === undefined || Number(digits) > 100) {
        throw cohortError(file, path, `expected a percentage, got ${quoted(share)}`);
      }
      return [name, Number(digits)];
    }),
  );
}

/**
 * Refuses a file that sets cohorts where that has no effect.
 *
 * @throws ConfigError `invalid-cohort`.
 */
export function refuseCohortsIn(file: ParsedFile, problem: string): void {
  if (Object.hasOwn(file.tree, COHORTS_KEY)) throw cohortError(file, [COHORTS_KEY], problem);
}

const NAME = /^[A-Za-z0-9][\w-]*$/;
const PERCENTAGE = /^\s*(\d{1,3}(?:\.\d{1,6})?)\s*%\s*$/;

function cohortError(file: ParsedFile, path: ConfigPath, problem: string): Error {
  const origin = file.locate(path);
  const message = `${origin.source} cannot say which instances are in a cohort.`;
  const recovery = `Write a percentage from 0% to 100% for each: ${COHORTS_KEY}: { canary: 5% }. Names have letters, digits and hyphens; "none" is none.`;
  return parseError({ code: 'invalid-cohort', message, problem, path, recovery }, origin);
}

/** The cohorts that an instance is in, in the order in which they are listed. */
export function cohortsOf({ cohort, instance }: Pick<Selectors, 'cohort' | 'instance'>, cohorts: Cohorts): string[] {
  if (cohort !== undefined) return cohort === 'none' ? [] : [cohort];
  return instance === undefined ? [] : [...cohorts.keys()].filter((name) => isDrawn(name, instance, cohorts.get(name)));
}

/**
 * Whether an instance belongs to the percentage of a cohort. It has one place of its own between 0 and 100 in each cohort,
 * whatever the percentage: it stays in when that is raised.
 */
export function isDrawn(cohort: string, instance: string, percentage = 0): boolean {
  // Taken when it is needed: loading the cryptography costs every program a few milliseconds at its start.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const digest = createHash('sha256').update(`${cohort}\0${instance}`).digest();
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100 < percentage;
}

/** What to report of cohorts, besides the layers that were read. */
export interface CohortNews {
  readonly cohorts: Cohorts;
  /** The words in the names of the folder's files. */
  readonly words: ReadonlySet<string>;
  readonly isFirst: boolean;
}

/** Logs when an instance begins or ceases to be in a cohort, and at the start what of `$cohorts` is of no use. */
export function tellOfCohorts(
  layers: readonly ConfigLayer[],
  { cohorts, words, isFirst }: CohortNews,
  { instance, cohort, previous = [], logger }: LoadContext,
): void {
  const tell = (level: 'info' | 'warn', names: Iterable<string>, message: (shown: string) => string): void => {
    const list = [...names];
    if (list.length === 0) return;
    const fields = { cohorts: list, ...(instance !== undefined && { instance }) };
    logger.log({ level, event: 'config.cohort', message: message(list.join(', ')), fields });
  };
  const what = `This instance${instance === undefined ? '' : ` (${instance})`}`;
  const [before, now] = [cohortsRead(previous), cohortsRead(layers)];
  tell('info', without(now, before), (shown) => `${what} is in the cohort ${shown}.`);
  tell('info', without(before, now), (shown) => `${what} is not in the cohort ${shown} any more.`);
  if (!isFirst) return;
  tell('warn', without(cohorts.keys(), words), (shown) => `${COHORTS_KEY} lists ${shown}, but no file is for it.`);
  if (instance !== undefined || cohort !== undefined) return;
  tell(
    'warn',
    cohorts.keys(),
    (shown) => `Nothing tells this instance from others, so that it is not in the cohort ${shown}: set UNO_INSTANCE.`,
  );
}

function cohortsRead(layers: readonly ConfigLayer[]): ReadonlySet<string> {
  return new Set(layers.flatMap(({ chosenBy }) => chosenBy?.cohort ?? []));
}

function without(names: Iterable<string>, others: ReadonlySet<string>): readonly string[] {
  return [...names].filter((name) => !others.has(name));
}
