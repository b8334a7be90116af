import { expect } from '@jest/globals';
import fc from '../fast-check.js';
import { canonicalPath, normaliseMap } from '../../src/binding/index.js';
import type { ConfigPath, ConfigSource } from '../../src/core/index.js';
import {
  ConfigError,
  createLayer,
  formatPath,
  isConfigLayer,
  isConfigMap,
  isForbiddenKey,
  silentLogger,
  valueAt,
} from '../../src/core/index.js';
import { startCpuTime } from '../cpu-time.js';
import { FUZZ_SCHEMA } from './fuzz-settings.js';

// No input of this size may take anywhere near as long; what grows exponentially takes longer than any bound.
const MAXIMUM_MILLISECONDS = 5_000;

const OWNERS: readonly object[] = [Object, Array, Function, String, Map, Promise, Error].flatMap((each): object[] => [
  each,
  each.prototype as object, // every one of them is a class
]);

type Members = ReadonlyMap<PropertyKey, unknown>;

function membersOf(owner: object): Members {
  return new Map(
    // What a getter gives is nothing to compare; that it is still there is seen from its key.
    Reflect.ownKeys(owner).map((key) => [key, Object.getOwnPropertyDescriptor(owner, key)?.value as unknown]),
  );
}

const MEMBERS: readonly Members[] = OWNERS.map(membersOf);

/** The members of the language's own objects that are not as they were when the tests began. */
function pollution(): readonly string[] {
  return OWNERS.flatMap((owner, place) => {
    const [before, now] = [MEMBERS[place], membersOf(owner)];
    const keys = new Set([...(before?.keys() ?? []), ...now.keys()]);
    return [...keys].filter((key) => !before?.has(key) || before.get(key) !== now.get(key)).map(String);
  });
}

/** Tries a property on many inputs; it may end with a ConfigError and with nothing else. */
export async function survives<T>(inputs: fc.Arbitrary<T>, attempt: (input: T) => unknown): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      const spent = startCpuTime();
      try {
        await attempt(input);
      } catch (error) {
        if (!ConfigError.is(error)) throw error;
        expect(error.message.length).toBeLessThan(50_000);
      }
      expect(pollution()).toEqual([]);
      expect(spent()).toBeLessThan(MAXIMUM_MILLISECONDS);
    }),
  );
}

/** Loads a source, brings its layers to canonical keys, and checks what came out. */
export async function loadAndCheck(source: ConfigSource): Promise<void> {
  const signal = new AbortController().signal;
  const result = await source.load({ schema: FUZZ_SCHEMA, environment: 'test', signal, logger: silentLogger });
  const layers: unknown[] = Array.isArray(result) ? result : [result];
  for (const layer of layers) {
    const given = isConfigLayer(layer)
      ? layer
      : createLayer({ name: 'object', tree: layer as Record<string, unknown> }); // an object, then
    const { tree, issues } = normaliseMap(given, given.tree, FUZZ_SCHEMA);
    expectHarmless(tree);
    // An issue stands at the value, or, when its key is what is wrong, at the key.
    for (const { path, origin } of issues) {
      const places = spellingsOf(path, given.tree).flatMap((at) => [given.locate(at), given.locateKey?.(at)]);
      expect(places).toContainEqual(origin);
    }
    const spelled = paths(given.tree, []).flatMap((path) => [given.locate(path).key, given.spell?.(path) ?? '']);
    expect(spelled.filter((key) => typeof key !== 'string')).toEqual([]);
  }
}

/** The paths of a tree that mean a canonical one; the path itself where the tree ends above it, as in a text. */
function spellingsOf(path: ConfigPath, tree: unknown): readonly ConfigPath[] {
  let found: readonly ConfigPath[] = [[]];
  for (const depth of path.keys()) {
    const meant = formatPath(canonicalPath(FUZZ_SCHEMA, path.slice(0, depth + 1)));
    found = found.flatMap((at) => {
      const node = valueAt(tree, at);
      const keys = Array.isArray(node) || isConfigMap(node) ? Object.keys(node) : [];
      // Only maps with a few keys have one in two spellings.
      const near = keys.length > 100 ? keys.filter((key) => key === path[depth]) : keys;
      return near.map((key) => [...at, key]).filter((other) => formatPath(canonicalPath(FUZZ_SCHEMA, other)) === meant);
    });
  }
  return found.length === 0 ? [path] : found;
}

/** Fails for a key, or a prototype, that could lead to somebody else's objects. */
export function expectHarmless(node: unknown): void {
  expect([...harms(node, [])]).toEqual([]);
}

function* harms(node: unknown, path: readonly string[]): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  const place = formatPath(path);
  if (Array.isArray(node) || isConfigMap(node)) {
    for (const [key, value] of Object.entries(node)) {
      if (isForbiddenKey(key)) yield `a reserved key at ${place}`;
      yield* harms(value, [...path, key]);
    }
  } else {
    // A class's prototype knows its constructor; one that came out of a text does not.
    const prototype: unknown = Object.getPrototypeOf(node);
    const isOfClass = Object.hasOwn(prototype ?? {}, 'constructor') && typeof node.constructor === 'function';
    if (!isOfClass) yield `a foreign prototype at ${place}`;
  }
}

/** The paths of a tree, as far as they are worth asking for. */
function paths(node: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (path.length > 6 || !(Array.isArray(node) || isConfigMap(node))) return [path];
  const entries = Object.entries(node).slice(0, 20);
  return [path, ...entries.flatMap(([key, value]) => paths(value, [...path, key]))];
}
