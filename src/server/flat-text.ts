import { yamlText } from '../core/index.js';
import { treeOfProperties } from '../sources/remote/index.js';
import type { HandedProperty } from './served-properties.js';
import type { FlatFormat } from './request-target.js';

type Value = HandedProperty['value'];

/**
 * All properties as one document: the higher ones win, and lists whole.
 *
 * @param sources highest first
 * @param resolves whether `${key}` of another property is replaced by its value
 */
export function flatText(
  sources: readonly (readonly HandedProperty[])[],
  format: FlatFormat,
  resolves: boolean,
): string {
  const merged = mergedProperties(sources);
  const values = resolves ? resolved(merged) : merged;
  if (format === 'properties') return [...values].map(([key, value]) => `${key}: ${String(value)}`).join('\n');
  const { tree } = treeOfProperties(values);
  return format === 'json' ? JSON.stringify(tree) : yamlText(tree);
}

function mergedProperties(sources: readonly (readonly HandedProperty[])[]): ReadonlyMap<string, Value> {
  const single = new Map<string, Value>();
  const lists = new Map<string, readonly HandedProperty[]>();
  for (const source of sources.toReversed()) {
    const own = new Map<string, HandedProperty[]>();
    for (const property of source) {
      const [list = ''] = property.key.split('[', 1);
      if (list === property.key) single.set(property.key, property.value);
      else own.set(list, [...(own.get(list) ?? []), property]);
    }
    for (const [list, properties] of own) lists.set(list, properties);
  }
  return new Map([...single, ...[...lists.values()].flat().map(({ key, value }) => [key, value] as const)]);
}

/** Of a reference; what begins with `env:` or `file:` is for the program to resolve. */
const REFERENCE = /\$\{(?!env:|file:)([^${}:]{1,200})(?::-?([^${}]{0,1000}))?\}/g;
const DEEPEST = 10;
const LONGEST = 100_000;

function resolved(values: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const resolve = (text: string, depth: number): string => {
    if (depth > DEEPEST || text.length > LONGEST) return text;
    let length = text.length;
    const next = text.replace(REFERENCE, (whole, key: string, otherwise: string | undefined) => {
      const value = values.get(key);
      const put = value === undefined || value === null ? (otherwise ?? whole) : String(value);
      length += put.length;
      return length > LONGEST ? whole : put;
    });
    return next === text ? text : resolve(next, depth + 1);
  };
  return new Map([...values].map(([key, value]) => [key, typeof value === 'string' ? resolve(value, 0) : value]));
}
