import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { ConfigMap } from '../../../src/core/index.js';
import { UNRESOLVED } from '../../../src/core/index.js';
import { resolved } from './reference-scope.js';

const VARIABLES: Readonly<Record<string, string>> = { SET: 'v', EMPTY: '' };

/** A piece of a text, as a model of the language has it. */
type Piece =
  | { readonly kind: 'literal' | 'escape'; readonly text: string }
  | { readonly kind: 'key'; readonly key: number; readonly fallback: readonly Piece[] | undefined }
  | { readonly kind: 'env'; readonly name: string; readonly fallback: readonly Piece[] | undefined };

type Setting = { readonly value: unknown } | { readonly pieces: readonly Piece[] };

const { pieces } = fc.letrec<{ pieces: Piece[]; piece: Piece; fallback: Piece[] | undefined }>((tie) => ({
  pieces: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }),
  fallback: fc.option(fc.array(tie('piece'), { maxLength: 2 }), { nil: undefined, depthSize: 'medium' }),
  piece: fc.oneof(
    fc.record({ kind: fc.constant('literal' as const), text: fc.constantFrom('a', 'b{', ' ', ':', '-', '%') }),
    fc.record({ kind: fc.constant('escape' as const), text: fc.constant('${') }),
    fc.record({ kind: fc.constant('key' as const), key: fc.nat(7), fallback: tie('fallback') }),
    fc.record({
      kind: fc.constant('env' as const),
      name: fc.constantFrom('SET', 'EMPTY', 'GONE'),
      fallback: tie('fallback'),
    }),
  ),
}));

const setting: fc.Arbitrary<Setting> = fc.oneof(
  fc.record({ pieces }),
  fc.record({ value: fc.constantFrom<unknown>(1, true, null, '', 'text', 0) }),
);

/** Settings `k0`, `k1`, … that refer only to settings after them, so that there are no cycles; `k7` is never there. */
const settings = fc.array(setting, { maxLength: 6 });

function spell(all: readonly Piece[], own: number): string {
  return all
    .map((piece) => {
      if ('text' in piece) return piece.kind === 'escape' ? '$${' : piece.text;
      const name = piece.kind === 'env' ? `env:${piece.name}` : `k${String(target(piece.key, own))}`;
      return `\${${name}${piece.fallback === undefined ? '' : `:-${spell(piece.fallback, own)}`}}`;
    })
    .join('');
}

function target(key: number, own: number): number {
  return key <= own ? 7 : key;
}

/** What a setting must become, straight from the rules. */
function valueOf(own: number, all: readonly Setting[]): unknown {
  const given = all[own];
  if (given === undefined) return undefined;
  return 'value' in given ? given.value : fill(given.pieces, own, all);
}

function fill(filled: readonly Piece[], own: number, all: readonly Setting[]): unknown {
  const parts = filled.map((piece) => {
    if ('text' in piece) return piece.text;
    const value = piece.kind === 'env' ? VARIABLES[piece.name] : valueOf(target(piece.key, own), all);
    const isEmpty = value === '' || (value === null && piece.kind === 'key');
    if (value === undefined || (isEmpty && piece.fallback !== undefined)) {
      return piece.fallback === undefined ? UNRESOLVED : fill(piece.fallback, own, all);
    }
    return value;
  });
  const [only] = filled;
  if (filled.length === 1 && (only?.kind === 'key' || only?.kind === 'env')) return parts[0];
  return parts.some((part) => part === UNRESOLVED || part === null) ? UNRESOLVED : parts.map(String).join('');
}

describe('interpolate as an algebra', () => {
  it('gives what the rules say for any settings that refer to each other', () => {
    fc.assert(
      fc.property(settings, fc.boolean(), (all, reversed) => {
        const entries = all.map((one, own): [string, unknown] => [
          `k${String(own)}`,
          'value' in one ? one.value : spell(one.pieces, own),
        ]);
        const tree = Object.fromEntries(reversed ? entries.reverse() : entries);
        const { tree: result, issues } = resolved(tree, { environment: (name) => VARIABLES[name] });
        const expected = Object.fromEntries(all.map((_, own) => [`k${String(own)}`, valueOf(own, all)]));
        expect(result).toEqual(expected);
        expect(issues.length > 0).toBe(Object.values(expected).includes(UNRESOLVED));
      }),
    );
  });

  it('gives any tree without ${ back as it is', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constantFrom('$', '{a}', '$a', '$$'));
    const tree = fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)));
    fc.assert(
      fc.property(
        tree.filter((given) => !JSON.stringify(given).includes('${')),
        (given: ConfigMap) => {
          expect(resolved(given).tree).toBe(given);
        },
      ),
    );
  });

  it('changes nothing when its result, which holds no references any more, is resolved again', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('${a}', '${b:-x}', 'y', '${c}z')),
        (given) => {
          const { tree } = resolved(given);
          expect(resolved(tree).tree).toBe(tree);
        },
      ),
    );
  });
});
