import fc, { anyCharacter } from '../fast-check.js';
import { FUZZ_KEYS } from './fuzz-settings.js';

/** Keys that have led to trouble in one library or another. */
const EVIL_KEYS = [
  ...['__proto__', 'constructor', 'prototype', '__proto__.polluted', 'constructor.prototype.x', 'a.__proto__.x'],
  ...['toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then', '__defineGetter__', 'isPrototypeOf', 'length'],
  ...['a..b', 'a.0.b', '.', '..', '[0]', '["__proto__"]', '<<', '*', '&x', '!!js/function', '\u0000', '\ud800', '-1'],
] as const;

/** Texts that have been taken for something else, or never come to an end. */
const EVIL_TEXTS = [
  ...[
    '',
    ' ',
    '0x10',
    '12abc',
    '1e3',
    '1e400',
    '-0',
    'Infinity',
    'NaN',
    'TRUE',
    'yes',
    'off',
    '0',
    'null',
    '~',
    '[1,2',
  ],
  ...['1,2,', '١٢', '9007199254740993', '1_000', '0o17', '2001-01-01', '.nan', 'undefined', '{"__proto__":{"x":1}}'],
  ...['[{"__proto__":[]}]', '{"constructor":{"prototype":{"polluted":1}}}', '{"$unset":true}', '${__proto__.x}'],
  ...['${a.text}', '${a.b', '$${', '${a:-${a:-}}', '${env:PATH}', '${file:/etc/passwd}', '${file:../../etc/passwd}'],
  ...[
    '$(id)',
    '`id`',
    '../../etc/passwd',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    '\ud800',
    '\ufeff',
    'a\u0000b',
  ],
  ...[
    'a'.repeat(5_000) + '!',
    '1'.repeat(400),
    '${'.repeat(300),
    '['.repeat(300),
    '{"a":'.repeat(150),
    'P1Y',
    '10',
    '1h1h',
  ],
  ...[
    '/(a+)+$/',
    '${a}'.repeat(50),
    '\r\n',
    '"',
    "'",
    '\\',
    '#',
    '::',
    '=',
    '- ',
    '? ',
    '| ',
    '!unset',
    '*x',
    '&x [*x]',
  ],
] as const;

/** A key: of the settings, evil, or anything. */
export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string>(...FUZZ_KEYS) },
  { weight: 2, arbitrary: fc.constantFrom<string>(...EVIL_KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: anyCharacter, maxLength: 8 }) },
);

/** A text: evil, or anything. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom<string>(...EVIL_TEXTS),
  fc.constantFrom<string>(
    '1',
    '1.5',
    'true',
    '10s',
    '64KiB',
    'x,y',
    '[1]',
    '{"host":"x"}',
    '2020-01-01T00:00:00Z',
    'x',
  ),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
);

/** A value as JSON could hold it. */
export const { value: jsonValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    map(tie('value')),
    fc.constant({ $unset: true }),
  ),
}));

/** A map with own properties under any keys, as `JSON.parse` makes it. */
export function map(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));
}

/** The root of a configuration whose section is not always there. */
export const tree: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  map(jsonValue),
  map(jsonValue).map((a) => ({ a })),
);

/** A document in which pieces are left out and others put in, so that it is nearly valid. */
export function mangled(document: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.nat(4),
    add: fc.oneof(
      fc.constantFrom(...pieces),
      fc.string({ unit: anyCharacter, maxLength: 3 }),
      fc.constantFrom(...EVIL_TEXTS),
    ),
  });
  return fc.tuple(document, fc.oneof(fc.constant([]), fc.array(edit, { maxLength: 4 }))).map(([given, edits]) =>
    edits.reduce((current, { at, drop, add }) => {
      const place = Math.floor(at * current.length);
      return current.slice(0, place) + add + current.slice(place + drop);
    }, given),
  );
}
