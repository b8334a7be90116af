import type { JsonSchema } from './schema-data.js';

/** The strings that stand for a value of another type; what has none of its own is a string with a reference. */
export type TextForm =
  | 'any'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'bigint'
  | 'date'
  | 'url'
  | 'duration'
  | 'byteSize'
  | 'reference'
  | 'secret'
  | 'list'
  | 'map'
  | 'json';

const DIGITS = String.raw`(?:0|[1-9](?:_?\d)*)`;
const FRACTION = String.raw`\.\d(?:_?\d)*`;
const EXPONENT = String.raw`[eE][+-]?\d+`;
const AMOUNT = String.raw`\d+(?:\.\d+)?`;

/** A day that exists. */
const DAY = [
  String.raw`\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`,
  String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29`,
].join('|');
const TIME = String.raw`T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;

/** Strings that are replaced before anything is checked, wherever they are. */
const REPLACED = String.raw`\$\{|^!unset$`;

const PATTERNS: Readonly<Record<Exclude<TextForm, 'any'>, string>> = {
  reference: REPLACED,
  secret: String.raw`${REPLACED}|^\{(?:jwe|cipher)\}`,
  number: String.raw`^-?${DIGITS}(?:${FRACTION})?(?:${EXPONENT})?$`,
  // With an exponent it may be whole or not.
  integer: String.raw`^-?${DIGITS}(?:(?:\.0(?:_?0)*)?|(?:${FRACTION})?${EXPONENT})$`,
  bigint: String.raw`^-?${DIGITS}$`,
  boolean: '^(?:[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF]|0|1)$',
  date: `^(?:${DAY})(?:${TIME})?$`,
  url: String.raw`^[A-Za-z][A-Za-z0-9+.\-]*:\/\/[^\s\u0000-\u001f\u007f-\u009f]+$`,
  // The last part alone may have a fraction.
  duration: [
    String.raw`^(?=\d)(?!.{65})(?!.*\.\d+[a-z]+\d)(?:${AMOUNT}w)?(?:${AMOUNT}d)?(?:${AMOUNT}h)?(?:${AMOUNT}m)?(?:${AMOUNT}s)?(?:${AMOUNT}ms)?$`,
    String.raw`^P(?=[\dT])(?!.{64})(?!.*\.\d+[A-Z]T?\d)(?:${AMOUNT}W)?(?:${AMOUNT}D)?(?:T(?=\d)(?:${AMOUNT}H)?(?:${AMOUNT}M)?(?:${AMOUNT}S)?)?$`,
  ].join('|'),
  byteSize: `^${AMOUNT}(?:[KMGT]iB|[kKMGT]?B)$`,
  // JSON, or items between commas, none of them empty.
  list: String.raw`^\s*\[|^(?!\s*(?:,|$))(?![\s\S]*,\s*(?:,|$))`,
  map: String.raw`^\s*\{`,
  // JSON, where it begins like it.
  json: String.raw`^(?!\s*[\[{])|^\s*(?:\{[\s\S]*\}|\[[\s\S]*\])\s*$`,
};

/** The schema of one of these forms: with references, and with what removes the values of lower layers. */
export function textForm(form: TextForm): JsonSchema {
  const unset = { type: 'object', properties: { $unset: { const: true } }, required: ['$unset'], maxProperties: 1 };
  if (form === 'any') return { anyOf: [{ type: 'string' }, unset] };
  const own = PATTERNS[form];
  const pattern = own.startsWith(REPLACED) ? own : `${own}|${REPLACED}`;
  return { anyOf: [{ type: 'string', pattern }, unset] };
}
