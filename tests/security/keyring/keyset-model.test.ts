import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { KeyState, KeyUse } from '../../../src/security/index.js';
import {
  activateKey,
  destroyKey,
  disableKey,
  generateKeyset,
  Keyset,
  KeysetDocument,
  retireKey,
  rotateKey,
} from '../../../src/security/index.js';
import { ConfigError } from '../../../src/core/index.js';
import { cfg } from '../keysets.js';

const changes = { retire: retireKey, disable: disableKey, activate: activateKey, destroy: destroyKey } as const;

/** From which states each change leads where; everything else is refused. */
const ALLOWED: Readonly<
  Record<keyof typeof changes, { readonly from: readonly KeyState[]; readonly to: KeyState | 'gone' }>
> = {
  retire: { from: ['active', 'retired', 'disabled'], to: 'retired' },
  disable: { from: ['active', 'retired', 'disabled'], to: 'disabled' },
  activate: { from: ['active', 'retired', 'disabled'], to: 'active' },
  destroy: { from: ['retired', 'disabled'], to: 'gone' },
};

const OPENS: readonly (KeyState | 'gone')[] = ['primary', 'active', 'retired'];

interface Model {
  readonly kid: string;
  readonly use: KeyUse;
  state: KeyState | 'gone';
}

const step = fc.oneof(
  fc.record({ change: fc.constant('rotate' as const), use: fc.constantFrom<KeyUse>('encrypt', 'seal') }),
  fc.record({ change: fc.constantFrom('retire', 'disable', 'activate', 'destroy'), index: fc.nat(8) }),
);

/** The code of what it throws. */
function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.code;
  }
}

/** What a token opens to, before and after it is rewrapped, or the code of why it does not. */
function whatBecomesOf(keyset: Keyset, token: string): object | string | undefined {
  const code = codeOf(() => keyset.open(token, [cfg]));
  if (code !== undefined) return code;
  const rewrapped = keyset.rewrap(token);
  return {
    opens: keyset.open(token, [cfg]).bytes.toString(),
    rewrapped: keyset.open(rewrapped, [cfg]).bytes.toString(),
    under: keyset.inspect(rewrapped)?.kid,
  };
}

describe('a keyset under any sequence of changes', () => {
  it('has one primary key a use, opens exactly the values whose keys may open, and loses none by rewrapping', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let document = generateKeyset('orders');
        const model: Model[] = document.keys.map(({ kid, use, state }) => ({ kid, use, state }));
        const tokens = new Map<string, string>();
        const remember = (): void => {
          const keyset = Keyset.of(document);
          for (const use of ['encrypt', 'seal'] as const) {
            const token = keyset[use](Buffer.from(use), cfg);
            tokens.set(keyset.inspect(token)?.kid ?? '', token);
          }
        };
        const verdicts: (readonly [actual: string | undefined, expected: string | undefined])[] = [];
        remember();
        for (const each of steps) {
          if (each.change === 'rotate') {
            document = rotateKey(document, each.use);
            for (const key of model) if (key.use === each.use && key.state === 'primary') key.state = 'active';
            model.push({ kid: document.keys.at(-1)?.kid ?? '', use: each.use, state: 'primary' });
            remember();
          } else {
            const key = model[each.index % model.length];
            if (key === undefined) throw new Error('the model has keys');
            const { from, to } = ALLOWED[each.change];
            const refused =
              key.state === 'gone' ? 'unknown-key-id' : from.includes(key.state) ? undefined : 'key-state';
            const code = codeOf(() => (document = changes[each.change](document, key.kid)));
            verdicts.push([code, refused]);
            if (refused === undefined) key.state = to;
          }
          document = KeysetDocument.parse(document.toText());
          expect(document.keys.map(({ kid, use, state }) => ({ kid, use, state }))).toEqual(
            model.filter(({ state }) => state !== 'gone'),
          );
        }
        for (const [actual, expected] of verdicts) expect(actual).toBe(expected);
        const keyset = Keyset.of(document);
        for (const { kid, use, state } of model) {
          const token = tokens.get(kid) ?? '';
          const primary = model.find((key) => key.use === use && key.state === 'primary');
          const whole = { opens: use, rewrapped: use, under: primary?.kid };
          expect(whatBecomesOf(keyset, token)).toEqual(OPENS.includes(state) ? whole : 'secret-not-opened');
        }
      }),
    );
  });

  it('opens any bytes as they were, and no token that has been touched anywhere', () => {
    const keyset = Keyset.of(generateKeyset('orders'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat(), fc.nat(), (bytes, sealed, at, by) => {
        const token = sealed ? keyset.seal(bytes, cfg) : keyset.encrypt(bytes, cfg);
        expect(Uint8Array.from(keyset.open(token, [cfg]).bytes)).toEqual(bytes);
        const code = token.charCodeAt(at % token.length);
        const other = String.fromCharCode((code + 1 + (by % 126)) % 128);
        const touched = token.slice(0, at % token.length) + other + token.slice((at % token.length) + 1);
        fc.pre(touched !== token);
        expect(() => keyset.open(touched, [cfg])).toThrow('An encrypted value could not be opened.');
      }),
    );
  });
});
