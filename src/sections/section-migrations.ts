import {
  type ConfigMap,
  isConfigMap,
  nearestName,
  option,
  type OptionKinds,
  OptionMistake,
  parsePath,
  quoted,
  readOptions,
} from '../core/index.js';

/**
 * One change to the values of a section. Paths are dotted, from the section on, in any spelling that files accept; only
 * the one after `move` starts at the root. What a document does not set is not changed.
 */
export type MigrationStep = RenameStep | MoveStep | SplitStep | JoinStep | ConvertStep | DefaultStep | RemoveStep;

/** The value, or all values below the key, under another name of the section. */
export interface RenameStep {
  readonly rename: string;
  readonly to: string;
}

/** A value, or all values below a key, from another place of the document; `to: ''` for the section itself. */
export interface MoveStep {
  readonly move: string;
  readonly to: string;
}

/** One value in place of which there are several; their names are relative to the map that held it. */
export interface SplitStep {
  readonly split: string;
  readonly into: (value: unknown) => ConfigMap;
  /** The way back, which `migrationCases` of `uno-config/testing` tries: the value from what `into` gave. */
  readonly down?: (values: ConfigMap) => unknown;
}

/** Several values, by their paths, in place of which there is one; those that the document does not set are absent. */
export interface JoinStep {
  readonly join: readonly string[];
  readonly to: string;
  readonly as: (values: ConfigMap) => unknown;
  /** The way back, which `migrationCases` of `uno-config/testing` tries: the values by their paths. */
  readonly down?: (value: unknown) => ConfigMap;
}

/** Another value in the same place. What is in the new form already has to be given back as it is. */
export interface ConvertStep {
  readonly convert: string;
  readonly with: (value: unknown) => unknown;
  /** The way back, which `migrationCases` of `uno-config/testing` tries. */
  readonly down?: (value: unknown) => unknown;
}

/** What holds where a document of before is in use and no source sets the value. */
export interface DefaultStep {
  readonly default: string;
  readonly value: unknown;
}

/** A value that nobody reads any more. */
export interface RemoveStep {
  readonly remove: string;
}

/** The steps to each version, in order; or a function that gives the section's values anew, which must not write into them. */
export type SectionMigrations = Readonly<Record<number, readonly MigrationStep[] | ((values: ConfigMap) => ConfigMap)>>;

/**
 * Checks what `migrations` holds.
 *
 * @throws TypeError naming what cannot be meant.
 */
export function checkMigrations(where: string, migrations: SectionMigrations, version: number): void {
  const given = Object.keys(migrations);
  for (const key of given) {
    const number = Number(key);
    if (!Number.isSafeInteger(number) || number < 2 || number > version) {
      throw new OptionMistake(
        `${where}: migrations has ${quoted(key)}; its keys are the versions that steps lead to, from 2 to ${String(version)}.`,
      );
    }
  }
  const oldest = Math.min(...given.map(Number), version + 1);
  for (let number = oldest; number <= version; number++) {
    const steps = migrations[number];
    const place = `${where}: migrations[${String(number)}]`;
    if (typeof steps === 'function') continue;
    if (!Array.isArray(steps)) {
      throw new OptionMistake(
        `${place} is missing. Write its steps, or an empty list where the version changed nothing that documents say.`,
      );
    }
    steps.forEach((step: unknown, at) => {
      checkStep(`${place}[${String(at)}]`, step);
    });
  }
}

const path = option.name;
const KINDS: Readonly<Record<string, OptionKinds<object>>> = {
  rename: { rename: path, to: option.required(path) },
  move: { move: path, to: option.required(option.text) },
  split: { split: path, into: option.required(option.callback), down: option.callback },
  join: {
    join: option.listOf(path),
    to: option.required(path),
    as: option.required(option.callback),
    down: option.callback,
  },
  convert: { convert: path, with: option.required(option.callback), down: option.callback },
  default: { default: path, value: option.anything },
  remove: { remove: path },
};

function checkStep(where: string, step: unknown): void {
  const names = Object.keys(KINDS);
  const name = isConfigMap(step) ? names.find((one) => Object.hasOwn(step, one)) : undefined;
  if (!isConfigMap(step) || name === undefined) {
    const near = isConfigMap(step) ? Object.keys(step).flatMap((key) => nearestName(key, names) ?? []) : [];
    const hint = near[0] === undefined ? '' : ` Did you mean ${near[0]}?`;
    throw new OptionMistake(`${where} must have one of ${names.join(', ')}.${hint}`);
  }
  readOptions<object, OptionKinds<object>>(where, step, KINDS[name] ?? {});
  for (const text of [step[name], step['to']].flat()) {
    try {
      if (typeof text === 'string' && text !== '') parsePath(text);
    } catch (cause) {
      throw new OptionMistake(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
}
