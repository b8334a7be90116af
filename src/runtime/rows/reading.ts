import type { ConfigIssue, ConfigLayer } from '../../core/index.js';
import { COHORTS_KEY, foldKey } from '../../core/index.js';
import { MOST_VALUES, type Finding } from '../../binding/index.js';
import { areStandIn, type SourceAnswer } from '../recovery/index.js';
import { seatOf, type Part, type Seat } from './part.js';
import type { MigratedLayer, Migrations } from '../versions/index.js';
import type { Segment } from './segment.js';
import { splitLayer } from './split-layer.js';

/** A layer in its seat, taken apart. */
export interface SeatedLayer {
  readonly seat: Seat;
  readonly layer: ConfigLayer;
  readonly parts: ReadonlyMap<Segment, Part>;
  /** Issues besides those of its parts. */
  readonly issues: readonly ConfigIssue[];
  /** Where it may be of an earlier version: how it was brought to the current one. */
  readonly migrated: MigratedLayer | undefined;
}

/** What answers are read by. */
export interface Reader {
  readonly root: Segment;
  readonly migrations?: Migrations;
}

/** The answer of one source, ready to be merged. */
export interface Reading {
  readonly answer: SourceAnswer;
  /** Low to high. */
  readonly layers: readonly SeatedLayer[];
  /** True for the replacement of a source that is unreachable. */
  readonly isStandIn: boolean;
}

/** A source whose answer has changed. */
export interface MovedReading {
  readonly source: number;
  readonly before: Reading | undefined;
  readonly after: Reading;
}

/** Readings, and what has moved among them. */
export interface ReadAnswers {
  readonly readings: readonly Reading[];
  readonly moved: readonly MovedReading[];
}

/**
 * Splits the answers of sources; the same object as before gives the same parts. Documents of earlier versions are read as
 * if they were written today.
 *
 * @param templates the lowest answer
 */
export function readAnswers(
  templates: SourceAnswer,
  answers: readonly SourceAnswer[],
  reader: Reader,
  before: readonly Reading[] = [],
): ReadAnswers {
  const readings = [...before];
  const moved: MovedReading[] = [];
  const read = (answer: SourceAnswer, source: number): void => {
    const known = before[source];
    if (known?.answer === answer) return;
    const after = readAnswer(answer, source, reader, known);
    readings[source] = after;
    moved.push({ source, before: known, after });
  };
  const { migrations } = reader;
  read(migrations === undefined ? templates : migrations.below(templates, answers, before[0]?.answer), 0);
  for (let at = 0; at < answers.length; at++) read(answers[at] ?? [], at + 1);
  return { readings, moved };
}

/** Splits the answer of one source. */
export function readAnswer(answer: SourceAnswer, source: number, reader: Reader, before?: Reading): Reading {
  const layers = answer.map((said, at): SeatedLayer => {
    const current = reader.migrations?.current(said);
    const layer = current?.layer ?? said;
    const known = before?.layers[at];
    if (known?.layer === layer) return known;
    const seat = seatOf(layer, source, at, known?.seat);
    const { parts, issues } = splitLayer(layer, seat, reader.root, known?.seat === seat ? known.parts : undefined);
    const all = [...(current?.issues ?? []), ...issues, ...tooLarge(layer, parts)];
    if (Object.hasOwn(layer.tree, COHORTS_KEY)) all.push(strayCohorts(layer));
    return { seat, layer, parts, issues: all, migrated: current };
  });
  return { answer, layers, isStandIn: areStandIn(answer) };
}

/** What is wrong with a source. */
export function issuesOf({ after }: MovedReading): readonly ConfigIssue[] {
  return after.layers.flatMap(({ layer, issues, parts }) =>
    inOrder(layer, [...[...parts.values()].flatMap((part) => part.issues), ...issues]),
  );
}

/** The undeclared keys of the parts that were not there before. */
export function unknownKeysOf({ before, after }: MovedReading): readonly Finding[] {
  return after.layers.flatMap(({ layer, parts }, at) => {
    const known = before?.layers[at];
    if (known?.layer === layer) return [];
    const found: Finding[] = [];
    parts.forEach((part, segment) => {
      if (part.unknownKeys.length > 0 && known?.parts.get(segment) !== part) found.push(...part.unknownKeys);
    });
    return [...(layer.unknownKeys ?? []), ...inOrder(layer, found)];
  });
}

/** The values that documents which have moved say in an earlier form. */
export function outdatedIn({ before, after }: MovedReading): readonly Finding[] {
  return after.layers.flatMap(({ layer, migrated }, at) =>
    before?.layers[at]?.layer === layer ? [] : (migrated?.outdated ?? []),
  );
}

/** Findings in the order in which the layer has the keys of its root. */
function inOrder<Found extends ConfigIssue>({ tree }: ConfigLayer, findings: readonly Found[]): readonly Found[] {
  if (findings.length < 2) return findings;
  const places = new Map(Object.keys(tree).map((key, place) => [foldKey(key), place]));
  const placeOf = ({ path: [key = ''] }: Found): number => places.get(foldKey(key)) ?? -1;
  return findings.toSorted((one, other) => placeOf(one) - placeOf(other));
}

/** A `configFolder` takes them out of what it reads; from elsewhere they would choose no file. */
function strayCohorts(layer: ConfigLayer): ConfigIssue {
  const path = [COHORTS_KEY];
  const message = 'only a file of a configFolder can say which instances are in a cohort';
  const hint = 'Move it there: see the guide on canaries.';
  return { code: 'invalid-cohort', path, message, origin: layer.locate(path), hint };
}

function tooLarge(layer: ConfigLayer, parts: ReadonlyMap<Segment, Part>): readonly ConfigIssue[] {
  let values = 0;
  // A part that is too large by itself has reported it.
  for (const part of parts.values()) values += part.values > MOST_VALUES ? -Infinity : part.values;
  if (values <= MOST_VALUES) return [];
  return [{ code: 'too-large', path: [], message: 'holds more than two million values', origin: layer.locate([]) }];
}
