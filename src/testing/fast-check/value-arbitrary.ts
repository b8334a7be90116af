import fc from 'fast-check';
import { type FieldType, legalValues } from '../../binding/index.js';
import { isForbiddenKey } from '../../core/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import { type Constraints, type FieldConstraints, plain } from '../../schema/index.js';

/** Makes the settings of a nested class. */
export type NestedArbitrary = (
  type: Extract<FieldType, { readonly kind: 'section' }>,
) => fc.Arbitrary<unknown> | undefined;

/** Values of a type as a file may hold them; `undefined` where a class that holds itself has gone deep enough. */
export function valueArbitrary(
  type: FieldType,
  asked: FieldConstraints,
  nested: NestedArbitrary,
): fc.Arbitrary<unknown> | undefined {
  switch (type.kind) {
    case 'section':
      return nested(type);
    case 'list': {
      const item = valueArbitrary(type.item, { value: asked.item, item: {}, unsaid: asked.unsaid }, nested);
      const { minItems = 0, maxItems = minItems + 4, uniqueItems } = asked.value;
      if (item === undefined) return minItems === 0 ? fc.constant([]) : undefined;
      const lengths = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) };
      return uniqueItems === true ? fc.uniqueArray(item, lengths) : fc.array(item, lengths);
    }
    case 'map': {
      const item = valueArbitrary(type.item, NOTHING_ASKED, nested);
      if (item === undefined) return fc.constant({});
      return fc.dictionary(KEYS, item, { maxKeys: 4, noNullPrototype: true });
    }
    case 'secret':
      return single(type.item, asked);
    default:
      return single(type, asked);
  }
}

const NOTHING_ASKED: FieldConstraints = Object.freeze({ value: {}, item: {}, unsaid: [] });

const KEYS = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/).filter((key) => !isForbiddenKey(key));

function single(type: FieldType, { value, unsaid }: FieldConstraints): fc.Arbitrary<unknown> {
  if (value.values !== undefined && type.kind !== 'enum') return fc.constantFrom(...value.values);
  switch (type.kind) {
    case 'text':
      return texts(value, unsaid).filter(isLiteral);
    case 'number':
      return numbers(value);
    case 'integer':
    case 'bigint':
      return integers(value);
    case 'boolean':
      return fc.boolean();
    case 'date':
      return fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
    case 'url':
      return fc.webUrl().filter((text) => URL.canParse(text));
    case 'regexp':
      return fc.constantFrom('^a+$', '/b/i', '[0-9]{3}', 'x|y');
    case 'duration':
      return amounts(type, (size) => String(Duration.ofMilliseconds(size)));
    case 'byte-size':
      return amounts(type, (size) => String(ByteSize.ofBytes(size)));
    case 'enum':
      return fc.constantFrom(
        ...legalValues(type.legal)
          .filter((legal) => value.values?.includes(legal.value) ?? true)
          .map((legal) => plain(legal.value)),
      );
    default:
      return fc.jsonValue({ maxDepth: 2, noUnicodeString: true }).filter(isLiteralJson);
  }
}

/** Makers of texts that validators with a form of their own are content with. */
const FORMS: ReadonlyMap<string, () => fc.Arbitrary<string>> = new Map([
  ['isEmail', () => fc.emailAddress({ size: 'small' })],
  ['isUrl', () => fc.webUrl({ validSchemes: ['http', 'https'], size: 'small' })],
  ['isUuid', () => fc.uuid()],
  ['isIp', () => fc.ipV4()],
  ['isFqdn', () => fc.domain({ size: 'small' })],
  ['isPort', () => fc.integer({ min: 1, max: 65_535 }).map(String)],
  [
    'isIso8601',
    () => fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  ],
  ['isJson', () => fc.json({ maxDepth: 1 })],
  ['isHexadecimal', () => fc.stringMatching(/^[0-9a-f]{1,16}$/)],
  ['isNumberString', () => fc.nat().map(String)],
  ['isAlpha', () => fc.stringMatching(/^[a-zA-Z]{1,12}$/)],
  ['isAlphanumeric', () => fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/)],
  ['isSemVer', () => fc.stringMatching(/^[1-9]\.[0-9]\.[0-9]$/)],
]);

function texts(
  { minLength = 0, maxLength, patterns = [] }: Constraints,
  unsaid: readonly string[],
): fc.Arbitrary<string> {
  const most = maxLength ?? minLength + 12;
  const form = unsaid.map((name) => FORMS.get(name)).find((make) => make !== undefined);
  const [pattern] = patterns;
  if (form !== undefined) return form();
  if (pattern === undefined)
    return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(most, minLength + 40) });
  return fc
    .stringMatching(new RegExp(pattern, 'u'), { size: 'small' })
    .filter(
      (text) =>
        Array.from(text).length >= minLength && (maxLength === undefined || Array.from(text).length <= maxLength),
    );
}

/** What is what it looks like: no reference, no encrypted text, nothing that removes a value. */
function isLiteral(text: string): boolean {
  return !text.includes('${') && text !== '!unset' && !/^\{(?:jwe|cipher)\}/.test(text);
}

function isLiteralJson(value: unknown): boolean {
  const text = JSON.stringify(value);
  return !/"__proto__"|"constructor"|"prototype"|\$|!unset|"\s*[[{]/.test(text) && value !== null && value !== '';
}

function numbers({ minimum, maximum, above, below, multipleOf }: Constraints): fc.Arbitrary<number> {
  if (multipleOf !== undefined) return integers({ ...bounds(minimum, maximum, above, below), multipleOf });
  const least = Math.max(minimum ?? -1e9, above ?? -1e9);
  const most = Math.min(maximum ?? 1e9, below ?? 1e9);
  return fc.double({
    min: Math.min(least, most),
    max: most,
    minExcluded: above !== undefined && above === least,
    maxExcluded: below !== undefined && below === most,
    noNaN: true,
  });
}

function bounds(minimum?: number, maximum?: number, above?: number, below?: number): Constraints {
  const least = Math.max(minimum ?? -Infinity, above === undefined ? -Infinity : Math.floor(above) + 1);
  const most = Math.min(maximum ?? Infinity, below === undefined ? Infinity : Math.ceil(below) - 1);
  return {
    ...(least !== -Infinity && { minimum: least }),
    ...(most !== Infinity && { maximum: most }),
  };
}

function integers({ minimum, maximum, above, below, multipleOf = 1 }: Constraints): fc.Arbitrary<number> {
  const both = bounds(minimum, maximum, above, below);
  const most = Math.floor((both.maximum ?? (both.minimum ?? 0) + 1_000_000) / multipleOf);
  const least = Math.ceil((both.minimum ?? most * multipleOf - 1_000_000) / multipleOf);
  return fc.integer({ min: least, max: most }).map((number) => number * multipleOf);
}

function amounts(
  { minimum = 0, maximum = minimum + 86_400_000 }: { readonly minimum?: number; readonly maximum?: number },
  textOf: (size: number) => string,
): fc.Arbitrary<string> {
  return fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }).map(textOf);
}
