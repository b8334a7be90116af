import { type ConfigMap, formatPath, isConfigMap, mergeMaps, parsePath, sameValue } from '../core/index.js';
import { loadGeneration, type MigratedDocument, Migrations, spelled } from '../runtime/index.js';
import {
  type MigrationStep,
  type SectionClass,
  sectionDeclaration,
  type SectionMigrations,
} from '../sections/index.js';
import { object } from '../sources/index.js';
import { isolated, VALUES, type TestLoadOptions } from './test-load-options.js';
import { seatOf } from './test-settings.js';

/** Documents of a section by the version that they are of; each from its root: `{ 1: [{ db: { hostname: 'a' } }] }`. */
export type MigrationSamples = Readonly<Record<number, readonly object[]>>;

/** One promise of a section's migrations. Rejects when it is not kept. */
export interface MigrationCase {
  /** The end of a sentence about the section: `takes document 1 of version 1 as valid settings`. */
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Tests the steps of a section's migrations with documents of its earlier versions, as cases for a test runner:
 *
 * - each document gives valid settings, as `testSettings` checks them;
 * - migrated once more, it stays as it is, as a document that does not say its version needs it;
 * - each step is reached by some document;
 * - where a step has a `down`, it leads back: the way there, back and there again ends at the same value.
 *
 * Subpath: `uno-config/testing`.
 *
 * @param options of the load that the documents are checked with, such as `environment`
 * @throws TypeError for a class whose section has no earlier version.
 *
 * @example
 * ```ts
 * const cases = migrationCases(DatabaseSettings, { 1: [{ database: { hostname: 'a' } }] });
 * for (const { run } of cases) await run();
 * ```
 */
export function migrationCases(
  target: SectionClass,
  samples: MigrationSamples,
  options: TestLoadOptions = {},
): readonly MigrationCase[] {
  const { version = 1, migrations = {} } = sectionDeclaration(target) ?? {};
  if (version === 1) throw new TypeError(`migrationCases: the section of ${target.name} has no earlier version.`);
  const trials = trialsOf(target, version, migrations, samples);
  const documents = trials.flatMap((trial): readonly MigrationCase[] => [
    {
      name: `takes ${trial.name} as valid settings`,
      run: () => checkSettings(target, trial, options),
    },
    {
      name: `leaves ${trial.name} as it is when it is migrated again`,
      run: () =>
        promised(() => {
          checkAgain(trial);
        }),
    },
  ]);
  const steps = Object.entries(migrations).flatMap(([key, list]) => {
    const of: readonly (MigrationStep | ((values: ConfigMap) => ConfigMap))[] =
      typeof list === 'function' ? [list] : list;
    return of.flatMap((step, at) => stepCases(target, trials, { step, at, version: Number(key) }));
  });
  return [...documents, ...steps];
}

interface Trial {
  readonly name: string;
  readonly from: number;
  readonly made: MigratedDocument;
  readonly again: () => MigratedDocument;
  /** What functions of steps were given, and what they gave. */
  readonly calls: readonly StepCall[];
}

interface StepCall {
  readonly version: number;
  readonly at: number;
  readonly value: unknown;
  readonly result: unknown;
}

interface StepAt {
  readonly step: MigrationStep | ((values: ConfigMap) => ConfigMap);
  readonly at: number;
  readonly version: number;
}

function trialsOf(
  target: SectionClass,
  version: number,
  migrations: SectionMigrations,
  samples: MigrationSamples,
): readonly Trial[] {
  const { path } = seatOf(target).entry;
  return Object.entries(samples).flatMap(([key, documents]) => {
    const from = Number(key);
    if (!Number.isSafeInteger(from) || from < 1 || from > version) {
      throw new TypeError(`migrationCases: ${key} is no version of ${target.name}; it has 1 to ${String(version)}.`);
    }
    return documents.map((document, index): Trial => {
      if (!isConfigMap(document)) throw new TypeError('migrationCases: a document must be a plain object of settings.');
      const calls: StepCall[] = [];
      const reading = { references: true, isDocument: true, assumed: from };
      const recorded = new Migrations([{ path, version, migrations: recording(migrations, calls) }]);
      const made = recorded.document(document, reading);
      const again = (): MigratedDocument =>
        new Migrations([{ path, version, migrations }]).document(made.tree, reading);
      return { name: `document ${String(index + 1)} of version ${key}`, from, made, again, calls };
    });
  });
}

/** The same steps, whose functions note what they are given. */
function recording(migrations: SectionMigrations, calls: StepCall[]): SectionMigrations {
  const noted = (version: number, steps: readonly MigrationStep[]): readonly MigrationStep[] =>
    steps.map((step, at) => {
      const note = <Result>(value: unknown, result: Result): Result => {
        calls.push({ version, at, value, result });
        return result;
      };
      if ('convert' in step) return { ...step, with: (value) => note(value, step.with(value)) };
      if ('split' in step) return { ...step, into: (value) => note(value, step.into(value)) };
      if ('join' in step) return { ...step, as: (values) => note(values, step.as(values)) };
      return step;
    });
  return Object.fromEntries(
    Object.entries(migrations).map(([key, steps]) => [
      key,
      typeof steps === 'function' ? steps : noted(Number(key), steps),
    ]),
  );
}

async function checkSettings(target: SectionClass, { name, made }: Trial, options: TestLoadOptions): Promise<void> {
  const [problem] = made.problems;
  if (problem !== undefined)
    throw new Error(`${name}: ${formatPath(problem.path)} ${problem.message}. ${problem.hint}`);
  const sources = [object(mergeMaps(made.defaults, made.tree), { name: VALUES })];
  await loadGeneration({ ...isolated(options), sections: [seatOf(target).entry], sources });
}

function checkAgain({ name, again }: Trial): void {
  const { edits, problems } = again();
  const [edit] = edits;
  if (edit === undefined && problems.length === 0) return;
  const where =
    edit === undefined ? '' : `: ${formatPath(edit.from[0] ?? [])} is ${edit.word} in version ${String(edit.version)}`;
  throw new Error(
    `${name} changes when it is migrated a second time${where}. Give back what is in the new form already, as it is.`,
  );
}

function stepCases(
  target: SectionClass,
  trials: readonly Trial[],
  { step, at, version }: StepAt,
): readonly MigrationCase[] {
  const name = `step ${String(at + 1)} of version ${String(version)} (${stepName(step)})`;
  const reached: MigrationCase = {
    name: `reaches ${name}`,
    run: () =>
      promised(() => {
        if (trials.some((trial) => isReached(target, trial, { step, at, version }))) return;
        throw new Error(`No document reaches ${name}. Add one of version ${String(version - 1)} that it changes.`);
      }),
  };
  const down = typeof step === 'function' || !('down' in step) ? undefined : step.down;
  if (down === undefined) return [reached];
  const there = wayThere(step);
  const back: MigrationCase = {
    name: `finds the way back from ${name}`,
    run: () =>
      promised(() => {
        const calls = trials.flatMap((trial) =>
          trial.calls.filter((call) => call.version === version && call.at === at),
        );
        for (const { value, result } of calls) {
          // What a step has given is a map where its way back takes one.
          const before = down(result as ConfigMap);
          if (!sameValue(there(before), result))
            throw new Error(`${name} does not lead to the same value from what its down gives.`);
          const isOld = !sameValue(there(value), value);
          if (isOld && !sameValue(before, value))
            throw new Error(`The down of ${name} does not give the value of before.`);
        }
      }),
  };
  return [reached, back];
}

/** What a check throws, as a rejection. */
function promised(check: () => void): Promise<void> {
  return Promise.resolve().then(check);
}

function wayThere(step: StepAt['step']): (value: unknown) => unknown {
  if (typeof step === 'function') return (value) => value;
  if ('convert' in step) return step.with;
  if ('split' in step) return step.into;
  // Its way back gives the values by their paths.
  return 'join' in step ? (value) => step.as(value as ConfigMap) : (value) => value;
}

function isReached(target: SectionClass, { from, made }: Trial, { step, at, version }: StepAt): boolean {
  if (made.edits.some((edit) => edit.version === version && (typeof step === 'function' || edit.step === at)))
    return true;
  if (typeof step === 'function' || !('default' in step) || from >= version) return false;
  return spelled(made.defaults, [...seatOf(target).entry.path, ...parsePath(step.default)]) !== undefined;
}

function stepName(step: StepAt['step']): string {
  if (typeof step === 'function') return 'a function';
  const [[word, what] = []] = Object.entries(step);
  return `${String(word)} ${[what].flat().map(String).join(', ')}`;
}
