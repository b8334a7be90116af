import type { StoredValidation } from '../fields/index.js';

/**
 * A safe message for a secret that one of class-validator's own decorators refused, made from numbers in the decorator
 * alone. `undefined` when there is none, or the service has a message of its own, which may quote the value.
 */
export function secretWords({ name = '', constraints = [], message, each }: StoredValidation): string | undefined {
  const words = message === undefined ? WORDS.get(name)?.(constraints.map(numberOf)) : undefined;
  return words !== undefined && each === true ? `each value ${words}` : words;
}

function numberOf(constraint: unknown): number | undefined {
  return typeof constraint === 'number' ? constraint : undefined;
}

type Words = (bounds: readonly (number | undefined)[]) => string | undefined;

/** Not called for their words, for a decorator of the service's own may bear the same name. */
const WORDS = new Map<string, Words>([
  ['minLength', ([least]) => bounded('must be longer than or equal to', least, 'characters')],
  ['maxLength', ([most]) => bounded('must be shorter than or equal to', most, 'characters')],
  [
    'isLength',
    ([least, most]) =>
      most === undefined
        ? bounded('must be longer than or equal to', least, 'characters')
        : bounded(`must be longer than or equal to`, least, `and shorter than or equal to ${String(most)} characters`),
  ],
  [
    'isByteLength',
    ([least, most]) =>
      most === undefined
        ? bounded('must have at least', least, 'bytes')
        : bounded('must have at least', least, `and at most ${String(most)} bytes`),
  ],
  ['min', ([least]) => bounded('must not be less than', least)],
  ['max', ([most]) => bounded('must not be greater than', most)],
  ['isDivisibleBy', ([factor]) => bounded('must be divisible by', factor)],
  ['arrayMinSize', ([least]) => bounded('must contain at least', least, 'elements')],
  ['arrayMaxSize', ([most]) => bounded('must contain no more than', most, 'elements')],
  ...Object.entries({
    isPositive: 'must be a positive number',
    isNegative: 'must be a negative number',
    isInt: 'must be an integer number',
    isString: 'must be a string',
    isNotEmpty: 'should not be empty',
    arrayNotEmpty: 'should not be empty',
    isAlpha: 'must contain only letters (a-zA-Z)',
    isAlphanumeric: 'must contain only letters and numbers',
    isAscii: 'must contain only ASCII characters',
    isBase32: 'must be base32 encoded',
    isBase58: 'must be base58 encoded',
    isBase64: 'must be base64 encoded',
    isHexadecimal: 'must be a hexadecimal number',
    isJson: 'must be a json string',
    isJwt: 'must be a jwt string',
    isLowercase: 'must be a lowercase string',
    isUppercase: 'must be uppercase',
    isNumberString: 'must be a number string',
    isUrl: 'must be a URL address',
    isUuid: 'must be a UUID',
    isStrongPassword: 'is not strong enough',
  }).map(([name, words]): [string, Words] => [name, () => words]),
]);

function bounded(words: string, bound: number | undefined, unit = ''): string | undefined {
  return bound === undefined ? undefined : `${words} ${String(bound)} ${unit}`.trimEnd();
}
