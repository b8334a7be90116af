import { describe, expect, it } from '@jest/globals';
import { OPEN_GATE } from './open-gate.js';
import { bindSecret, forgetOpened, openedValue } from '../../src/binding/bind/bind-secret.js';
import { NOT_SET } from '../../src/binding/coerce/index.js';
import type { SecretType } from '../../src/binding/fields/field-type.js';
import {
  isSecureValue,
  secretContent,
  SecureValue,
  type SecretForm,
  type SecretGate,
  type SecretLevel,
} from '../../src/core/index.js';

const PLACE = { parent: { parent: undefined, key: 'vault' }, key: 'key' };

const typeOf = (form: SecretForm, level: SecretLevel = 'mask', checksText = true): SecretType => ({
  kind: 'secret',
  item: { kind: form === 'number' ? 'number' : form === 'json' ? 'anything' : 'text' },
  rule: { form, level },
  checksText,
});

function bound(raw: unknown, form: SecretForm, level?: SecretLevel): SecureValue<unknown> {
  const secret = bindSecret(typeOf(form, level), raw, PLACE, OPEN_GATE);
  if (isSecureValue(secret)) return secret;
  throw new Error('no secret');
}
const opened = (secret: SecureValue<unknown>): unknown =>
  secret.use((value) => (value instanceof Uint8Array ? [...value] : value));
const kindOf = (secret: SecureValue<unknown>): string => secretContent(secret).kind;

describe('a value that becomes a secret', () => {
  it.each<[SecretForm, unknown, unknown]>([
    ['text', 'x', 'x'],
    ['text', '', ''],
    ['number', '1_000', 1000],
    ['number', 5, 5],
    ['json', '{"a":1}', { a: 1 }],
    ['json', [1], [1]],
    ['bytes', 'AB', [65, 66]],
    ['bytes', 'base64:AAEC', [0, 1, 2]],
    ['bytes', Buffer.from([1, 2]), [1, 2]],
    ['bytes', new Uint8Array([3]), [3]],
    ['bytes', Buffer.from('base64:AAEC'), [0, 1, 2]],
  ])('opens as %s: %p', (form, raw, value) => {
    for (const level of ['mask', 'encrypt', 'sealed'] as const) expect(opened(bound(raw, form, level))).toEqual(value);
  });

  it('is held as well as its level asks', () => {
    const kinds = (form: SecretForm, raw: unknown): readonly string[] =>
      (['mask', 'encrypt', 'sealed'] as const).map((level) => kindOf(bound(raw, form, level)));
    expect(kinds('text', 'x')).toEqual(['text', 'key', 'sealed']);
    expect(kinds('number', 5)).toEqual(['text', 'key', 'sealed']);
    expect(kinds('bytes', 'x')).toEqual(['key', 'key', 'sealed']);
    expect(kinds('bytes', 'base64:AAEC')).toEqual(['key', 'key', 'sealed']);
  });

  it('that says nothing says nothing, and one that cannot be read is a failure that holds it', () => {
    expect(bindSecret(typeOf('number'), '', PLACE, OPEN_GATE)).toBe(NOT_SET);
    expect(bindSecret(typeOf('number'), 'x', PLACE, OPEN_GATE)).toMatchObject({ code: 'not-a-number' });
    expect(bindSecret(typeOf('bytes'), 5, PLACE, OPEN_GATE)).toMatchObject({ code: 'not-a-string' });
  });

  it('does not change the bytes that were handed in', () => {
    const raw = Buffer.from('base64:AAEC');
    bound(raw, 'bytes', 'sealed');
    expect(raw.toString()).toBe('base64:AAEC');
  });
});

describe('a secret that becomes a secret', () => {
  const held = (form: SecretForm, level: SecretLevel, raw: unknown): SecureValue<unknown> => bound(raw, form, level);

  it.each<[SecretForm, unknown]>([
    ['text', 'x'],
    ['number', 5],
    ['json', { a: 1 }],
    ['bytes', 'x'],
  ])('is held at least as well as it was, and as its level asks: %s', (form, raw) => {
    const before = held(form, 'encrypt', raw);
    const sealed = held(form, 'sealed', raw);
    const kinds = (secret: SecureValue<unknown>): readonly string[] =>
      (['mask', 'encrypt', 'sealed'] as const).map((level) => kindOf(bound(secret, form, level)));
    expect([kinds(before), kinds(sealed)]).toEqual([
      ['key', 'key', 'sealed'],
      ['sealed', 'sealed', 'sealed'],
    ]);
    expect(opened(bound(before, form, 'sealed'))).toEqual(opened(before));
  });

  it('held as text stays one where that is enough', () => {
    const text = held('text', 'mask', 'x');
    expect((['mask', 'encrypt', 'sealed'] as const).map((level) => kindOf(bound(text, 'text', level)))).toEqual([
      'text',
      'key',
      'sealed',
    ]);
  });

  it('is read anew where it says its value in another way', () => {
    expect(opened(bound(SecureValue.of('1_000'), 'number'))).toBe(1000);
    expect(kindOf(bound(SecureValue.of('1_000'), 'number'))).toBe('key');
    expect(opened(bound(SecureValue.of('base64:AAEC'), 'bytes'))).toEqual([0, 1, 2]);
    expect(opened(bound(SecureValue.of('AB'), 'bytes'))).toEqual([65, 66]);
  });
});

describe('the place of a secret', () => {
  it('is asked about at each use, by its path and rule', () => {
    const asked: unknown[] = [];
    const gate: SecretGate = {
      admit: (use) => void asked.push(use),
      admitAsync: async (use) => Promise.resolve(void asked.push(use)),
      allows: () => true,
    };
    const secret = bindSecret(typeOf('text'), 'x', PLACE, gate);
    expect(isSecureValue(secret) && secret.use((text) => text)).toBe('x');
    expect(asked).toMatchObject([{ path: 'vault.key', form: 'text', level: 'mask' }]);
  });
});

describe('what a validator is shown', () => {
  it('is the opened value, of bytes the text where the class speaks of texts', () => {
    expect(openedValue(typeOf('number'), bound('5', 'number'))).toBe(5);
    expect(openedValue(typeOf('bytes'), bound('AB', 'bytes'))).toBe('AB');
    const bytes = openedValue(typeOf('bytes', 'mask', false), bound('AB', 'bytes'));
    expect([bytes instanceof Uint8Array, String(bytes)]).toEqual([true, 'AB']);
  });

  it('is every item of a list or a map', () => {
    const item = typeOf('text');
    expect(openedValue({ kind: 'list', item }, [bound('a', 'text'), bound('b', 'text')])).toEqual(['a', 'b']);
    expect(openedValue({ kind: 'map', item }, { x: bound('a', 'text') })).toEqual({ x: 'a' });
  });

  it('is the value itself where nothing is hidden', () => {
    const item = typeOf('text');
    const map = new Map();
    expect([
      openedValue(item, undefined),
      openedValue(item, 'x'),
      openedValue({ kind: 'list', item }, 'x'),
      openedValue({ kind: 'map', item }, map),
      openedValue({ kind: 'text' }, 'x'),
    ]).toEqual([undefined, 'x', 'x', map, 'x']);
  });

  it('is forgotten afterwards: bytes are zeroed, wherever they are', () => {
    const [one, two, three] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    forgetOpened(one);
    forgetOpened([two, 'x', { deep: three }]);
    expect([one, two, three].map((bytes) => bytes[0])).toEqual([0, 0, 0]);
  });

  it('does not stay in what the engine remembers of the last match', () => {
    expect(/hunter\d/.test('hunter2')).toBe(true);
    forgetOpened('hunter2');
    expect(Reflect.get(RegExp, 'lastMatch')).toBe('');
  });
});
