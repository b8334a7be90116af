import {
  type ConfigLayer,
  type ConfigPath,
  createLayer,
  originAtPath,
  parsePath,
  type ConfigError,
} from '../../core/index.js';
import { canonicalPath } from '../../binding/index.js';
import { answersOf, explainFully, factsOf, isHidden, secretsIn, type Generation } from '../generation/index.js';
import type { SourceAnswer } from '../recovery/index.js';
import { edited, placeFor } from '../versions/index.js';

/** A value that somebody would write. */
export interface UnsavedEdit {
  /** Dotted, in any legal spelling. */
  readonly path: string;
  /** As a file would hold it; absent to remove what the layer has at the path. */
  readonly value?: unknown;
}

/** What would become of an edit. */
export type Preview =
  | { readonly status: 'accepted'; readonly generation: Generation; readonly previous: Generation }
  | { readonly status: 'rejected'; readonly error: ConfigError }
  /** It was not tried, because its outcome could show a secret, or there is no such layer. */
  | { readonly status: 'refused'; readonly why: string };

const MARK = 'not saved';
const DEEPEST = 32;

/** What the sources would answer; a sentence when the edit must not be tried. */
export function editedAnswers(
  generation: Generation,
  edits: readonly UnsavedEdit[],
  layer: string | undefined,
): readonly SourceAnswer[] | string {
  const facts = factsOf(generation);
  const paths: ConfigPath[] = [];
  for (const { path: text, value } of edits) {
    const path = parsePath(text);
    if (hasReference(value)) {
      return 'References and keys with a dollar sign are not followed here: they could read what you may not see.';
    }
    const isSecret = pathsIn(value, canonicalPath(facts.plan.schema, path)).some((at) => isHidden(facts, at));
    if (isSecret) return 'A secret cannot be edited here.';
    paths.push(path);
  }
  const answers = answersOf(generation);
  const source = layer === undefined ? answers.length - 1 : answers.findIndex((each) => each.some(isNamed(layer)));
  const answer = answers[source];
  if (answer === undefined) return 'There is no such layer.';
  const base =
    layer === undefined ? createLayer({ name: MARK, kind: 'object', tree: {} }) : answer.find(isNamed(layer));
  if (base === undefined) return 'There is no such layer.';
  const changed = withEdits(base, edits, paths);
  const instead = layer === undefined ? [...answer, changed] : answer.map((each) => (each === base ? changed : each));
  return answers.map((each, at) => (at === source ? instead : each));
}

/** True where what is not saved has reached a secret, by whatever name: an alias, or a migration. */
export function feedsSecret(generation: Generation): boolean {
  return secretsIn(generation, true).some(({ path }) => {
    const { winner, joined, losers } = explainFully(generation, path);
    return [winner, ...joined, ...losers].some((value) => value?.origin.source.endsWith(MARK) === true);
  });
}

function isNamed(name: string): (layer: ConfigLayer) => boolean {
  return (layer) => layer.name === name;
}

function withEdits(base: ConfigLayer, edits: readonly UnsavedEdit[], paths: readonly ConfigPath[]): ConfigLayer {
  const places = paths.map((path) => placeFor(base.tree, path));
  let { tree } = base;
  for (const [at, { value }] of edits.entries()) {
    const path = places[at] ?? [];
    tree = edited(tree, { from: [path], to: value === undefined ? [] : [{ path, value }] });
  }
  const source = base.name === MARK ? MARK : `${base.name}, ${MARK}`;
  const isEdited = (path: ConfigPath): boolean =>
    places.some((place) => place.every((key, depth) => depth >= path.length || path[depth] === key));
  return createLayer({
    name: base.name,
    kind: base.kind,
    tree,
    references: base.references,
    ...(base.folder !== undefined && { folder: base.folder }),
    ...(base.chosenBy !== undefined && { chosenBy: base.chosenBy }),
    locate: (path) => (isEdited(path) ? { ...originAtPath(base.kind, source, path) } : base.locate(path)),
  });
}

function pathsIn(value: unknown, path: ConfigPath, depth = 0): readonly ConfigPath[] {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsIn(child, [...path, key], depth + 1))];
}

function hasReference(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.includes('${');
  if (typeof value !== 'object' || value === null) return false;
  if (depth > DEEPEST) return true;
  return Object.entries(value).some(([key, child]) => key.includes('$') || hasReference(child, depth + 1));
}
