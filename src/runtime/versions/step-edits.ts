import {
  type ConfigMap,
  type ConfigPath,
  copyTree,
  formatPath,
  isConfigMap,
  isEncryptedText,
  isForbiddenKey,
  isSecureValue,
  isWithin,
  mayHoldReferences,
  parsePath,
  sameValue,
  UNSET,
} from '../../core/index.js';
import type { JoinStep, MigrationStep, SectionMigrations, SplitStep } from '../../sections/index.js';
import { type Edit, placeFor, spelled, valueAt, type Written } from './edit.js';

/** The section of a document that a step is for. */
export interface StepPlace {
  readonly tree: ConfigMap;
  /** The root, or the module or component whose overrides these are. */
  readonly within: ConfigPath;
  /** The section's path before the step, as the document spells it. */
  readonly at: ConfigPath;
  /** The same after it. */
  readonly then: ConfigPath;
  readonly version: number;
  /** Which of that version's steps it is, from 0. */
  readonly step: number;
  /** Whether strings of the document may hold references. */
  readonly references: boolean;
}

/** Why a step cannot be done; without values, which may be secrets. */
export class StepProblem extends Error {
  public override readonly name = 'StepProblem';
  /** As the document spells it. */
  public readonly path: ConfigPath;
  public readonly hint: string;

  public constructor(path: ConfigPath, message: string, hint: string) {
    super(message);
    this.path = path;
    this.hint = hint;
  }
}

/**
 * The changes of a document that a step asks for; none where it does not set what the step is about.
 *
 * @throws StepProblem
 */
export function editsOf(
  step: MigrationStep | Exclude<SectionMigrations[number], readonly MigrationStep[]>,
  place: StepPlace,
): readonly Edit[] {
  if (typeof step === 'function') return anew(step, place);
  if ('rename' in step) return moved('renamed', [...place.at, ...parsePath(step.rename)], step.to, place);
  if ('move' in step) return moved('moved', [...place.within, ...parsePath(step.move)], step.to, place);
  if ('split' in step) return split(step, place);
  if ('join' in step) return joined(step, place);
  if ('remove' in step) {
    const from = spelled(place.tree, [...place.at, ...parsePath(step.remove)]);
    return from === undefined ? [] : [edit('removed', place, [from], [])];
  }
  if ('default' in step) return [];
  const from = spelled(place.tree, [...place.at, ...parsePath(step.convert)]);
  const value = from && literal(from, place);
  if (from === undefined || value === undefined) return [];
  const result = ran(from, place, () => step.with(value));
  return sameValue(result, value) ? [] : [edit('converted', place, [from], writtenAs(from, result))];
}

function edit(word: string, { version, step }: StepPlace, from: readonly ConfigPath[], to: readonly Written[]): Edit {
  return { word, version, step, from, to };
}

function writtenAs(path: ConfigPath, value: unknown): readonly Written[] {
  return value === undefined ? [] : [{ path, value }];
}

function moved(word: string, old: ConfigPath, to: string, place: StepPlace): readonly Edit[] {
  const from = spelled(place.tree, old);
  if (from === undefined) return [];
  const path = target(to === '' ? place.then : [...place.then, ...parsePath(to)], [from], place);
  return [edit(word, place, [from], [{ path, value: valueAt(place.tree, from) }])];
}

/** Where a value goes, when nothing is there. */
function target(path: ConfigPath, from: readonly ConfigPath[], { tree }: StepPlace): ConfigPath {
  const found = placeFor(tree, path);
  const isFree =
    valueAt(tree, found) === undefined || from.some((old) => isWithin(old, found) && old.length === found.length);
  // A value in the way of a map.
  const above = found.slice(0, -1).findIndex((_, depth) => {
    const value = valueAt(tree, found.slice(0, depth + 1));
    return value !== undefined && !isConfigMap(value);
  });
  if (isFree && above === -1) return found;
  const old = from.map(formatPath).join(', ');
  throw new StepProblem(found, `is written in its old form, ${old}, and in its new one`, `Remove ${old}.`);
}

function split(step: SplitStep, place: StepPlace): readonly Edit[] {
  const from = spelled(place.tree, [...place.at, ...parsePath(step.split)]);
  const value = from && literal(from, place);
  if (from === undefined || value === undefined) return [];
  const parts = ran(from, place, () => step.into(value));
  if (!isConfigMap(parts)) throw noMap(from, place);
  const to = Object.entries(parts).flatMap(([key, part]) => {
    const path = target([...from.slice(0, -1), ...legal(key, from, place)], [from], place);
    return writtenAs(path, part);
  });
  return [edit('split', place, [from], to)];
}

function joined(step: JoinStep, place: StepPlace): readonly Edit[] {
  const found = step.join.flatMap((name) => {
    const path = spelled(place.tree, [...place.at, ...parsePath(name)]);
    const value = path && literal(path, place);
    return path === undefined || value === undefined ? [] : [{ name, path, value }];
  });
  const [first] = found;
  if (first === undefined) return [];
  const values = Object.fromEntries(found.map(({ name, value }) => [name, value]));
  const from = found.map(({ path }) => path);
  const to = target([...place.then, ...parsePath(step.to)], from, place);
  return [
    edit(
      'joined',
      place,
      from,
      writtenAs(
        to,
        ran(first.path, place, () => step.as(values)),
      ),
    ),
  ];
}

function anew(make: (values: ConfigMap) => ConfigMap, place: StepPlace): readonly Edit[] {
  const values = valueAt(place.tree, place.at);
  if (!isConfigMap(values)) return [];
  const made = ran(place.at, place, () => make(copyTree(values, 'the document')));
  if (!isConfigMap(made)) throw noMap(place.at, place);
  return [...differences(values, made, place.at, place)];
}

function* differences(was: ConfigMap, is: ConfigMap, at: ConfigPath, place: StepPlace): Generator<Edit> {
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const path = [...at, ...legal(key, at, place, 'key')];
    const [before, after] = [was[key], is[key]];
    if (isConfigMap(before) && isConfigMap(after)) yield* differences(before, after, path, place);
    else if (!sameValue(before, after)) {
      yield edit('changed', place, before === undefined ? [] : [path], writtenAs(path, after));
    }
  }
}

/** A value that a function may read; `undefined` where the document says that there is none. */
function literal(path: ConfigPath, { tree, references, version }: StepPlace): unknown {
  const value = valueAt(tree, path);
  if (value === null || value === UNSET) return undefined;
  const isReference = references && typeof value === 'string' && mayHoldReferences(value);
  const isClosed = isSecureValue(value) || (typeof value === 'string' && isEncryptedText(value));
  if (!isReference && !isClosed && typeof value !== 'symbol') return value;
  const what = isClosed ? 'is encrypted' : 'is a reference';
  throw new StepProblem(
    path,
    `cannot be brought to version ${String(version)}, because it ${what}`,
    `Write it as version ${String(version)} has it.`,
  );
}

function ran<T>(path: ConfigPath, { version }: StepPlace, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'an error';
    throw new StepProblem(
      path,
      `cannot be brought to version ${String(version)}: the step throws ${name}`,
      'Correct the value, or the step in migrations of @ConfigSection.',
    );
  }
}

function legal(key: string, from: ConfigPath, place: StepPlace, as: 'path' | 'key' = 'path'): ConfigPath {
  const path = as === 'key' ? [key] : parsePath(key);
  if (path.some(isForbiddenKey)) throw noMap(from, place);
  return path;
}

function noMap(path: ConfigPath, { version }: StepPlace): StepProblem {
  return new StepProblem(
    path,
    `cannot be brought to version ${String(version)}: the step must give a plain object of settings`,
    'Correct the step in migrations of @ConfigSection.',
  );
}
