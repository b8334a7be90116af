import { formatOrigin, formatPath } from '../core/index.js';
import type { Generation, SectionInScope } from '../runtime/index.js';
import type { FlagContext } from './engine.js';

/** What rules see of a program, whoever asks. */
export function contextOf(
  given: FlagContext | (() => FlagContext) | undefined,
  generation: () => Generation | undefined,
): () => FlagContext {
  let seen: { readonly of: Generation | undefined; readonly context: FlagContext } | undefined;
  const fixed = (): FlagContext => {
    const current = generation();
    if (seen === undefined || seen.of !== current) {
      const own = typeof given === 'function' ? undefined : given;
      seen = { of: current, context: Object.freeze({ ...current?.selectors, ...own }) };
    }
    return seen.context;
  };
  return typeof given === 'function' ? () => ({ ...fixed(), ...given() }) : fixed;
}

/** Where a part of a definition is written. */
export function originIn(
  generation: Generation,
  { target, name }: SectionInScope,
  key: string,
  at: string,
): string | undefined {
  const entry = generation.entries.find((each) => each.target === target && each.name === name);
  const [field = ''] = /^\w+/.exec(at) ?? [];
  const { winner } = generation.explain(formatPath([...(entry?.path ?? []), 'flags', key, field]));
  return winner && formatOrigin(winner.origin);
}
