import { foldKey } from '../../core/index.js';
import type { SettingsPlace } from '../fields/index.js';
import { anyCase } from './key-pattern.js';

/** The keys of other programs: the option `foreignKeys`, as far as a schema can say it. */
export class ForeignKeys {
  /** By the path of the object that they are in. */
  readonly #patterns = new Map<string, string[]>();
  /** False where a schema cannot say which keys they are, so that it must not refuse any. */
  public readonly said: boolean;

  public constructor(patterns: readonly string[], tree: SettingsPlace) {
    this.said = patterns.every((pattern) => this.#add(pattern, tree));
  }

  /** Regular expressions of the foreign keys in the object at a path. */
  public in(path: readonly string[]): readonly string[] {
    return this.#patterns.get(idOf(path)) ?? [];
  }

  #add(pattern: string, tree: SettingsPlace): boolean {
    if (/[[\]"]/.test(pattern)) return false;
    const keys = pattern.split('.');
    const last = keys.pop() ?? '';
    if (last === '**' || keys.some((key) => key.includes('*')) || !isPlace(tree, keys)) return false;
    const spelled = last.split('*').map(anyCase).join('[\\s\\S]*');
    const id = idOf(keys);
    this.#patterns.set(id, [...(this.#patterns.get(id) ?? []), `^[-_]*${spelled}$`]);
    return true;
  }
}

function isPlace(place: SettingsPlace, keys: readonly string[]): boolean {
  const [first, ...rest] = keys;
  if (first === undefined) return true;
  for (const [key, below] of place.below) if (foldKey(key) === foldKey(first)) return isPlace(below, rest);
  return false;
}

function idOf(path: readonly string[]): string {
  return JSON.stringify(path.map(foldKey));
}
