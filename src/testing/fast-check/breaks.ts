import fc from 'fast-check';
import type { FieldType } from '../../binding/index.js';
import type { IssueCode } from '../../core/index.js';
import type { Constraints, FieldConstraints } from '../../schema/index.js';
import { ByteSize, Duration } from '../../sections/index.js';

export interface Break {
  /** The values that break it and no other; `undefined` for none at all. */
  readonly value: fc.Arbitrary<unknown>;
  readonly code: IssueCode;
  readonly rule: string;
  /** From the field to what is wrong: the index of an item. */
  readonly below: readonly string[];
}

export function breaksOf(type: FieldType, { value, item }: FieldConstraints): readonly Break[] {
  switch (type.kind) {
    case 'section':
      return [broken('not-a-section', 'type', fc.constantFrom(42, true))];
    case 'list':
      return [broken('not-a-list', 'type', fc.constantFrom(42, true)), ...itemBreaks(type.item, value, item)];
    case 'map':
      return [broken('not-a-map', 'type', fc.constantFrom(42, true))];
    case 'secret':
      return type.rule.form === 'bytes' ? [] : singleBreaks(type.item, value);
    default:
      return singleBreaks(type, value);
  }
}

function broken(code: IssueCode, rule: string, value: fc.Arbitrary<unknown>, below: readonly string[] = []): Break {
  return { value, code, rule, below };
}

/** One item alone is wrong, where a list may have one. */
function itemBreaks(item: FieldType, { minItems = 0, maxItems }: Constraints, asked: Constraints): readonly Break[] {
  if (minItems > 1 || maxItems === 0) return [];
  // The words for what @…({ each: true }) refuses are about the list.
  return breaksOf(item, { value: asked, item: {}, unsaid: [] })
    .filter(({ code }) => code !== 'constraint')
    .map(({ value, code, rule, below }) =>
      broken(
        code,
        `${rule} of an item`,
        value.map((one) => [one]),
        ['0', ...below],
      ),
    );
}

type Single = Exclude<FieldType, { readonly kind: 'section' | 'list' | 'map' | 'secret' }>;

function singleBreaks(type: Single, asked: Constraints): readonly Break[] {
  switch (type.kind) {
    case 'text':
      return [broken('not-a-string', 'type', fc.constantFrom(42, true)), ...textBreaks(asked)];
    case 'number':
      return [broken('not-a-number', 'type', WORDS), ...numberBreaks(asked)];
    case 'integer':
      return [broken('not-an-integer', 'type', fc.constantFrom('many', 1.5, true)), ...numberBreaks(asked)];
    case 'boolean':
      return [broken('not-a-boolean', 'type', fc.constantFrom('maybe', 42))];
    case 'bigint':
      return [broken('not-a-bigint', 'type', WORDS)];
    case 'date':
      return [broken('not-a-date', 'type', fc.constantFrom('yesterday', '2023-02-29'))];
    case 'url':
      return [broken('not-a-url', 'type', fc.constantFrom('nowhere', 'localhost:80'))];
    case 'regexp':
      return [broken('not-a-regexp', 'type', fc.constantFrom('(', '[a'))];
    case 'enum':
      return [broken('not-in-enum', 'legal values', fc.constant('zz no such value'))];
    case 'duration':
      return amountBreaks(type, 'not-a-duration', (size) => String(Duration.ofMilliseconds(size)));
    case 'byte-size':
      return amountBreaks(type, 'not-a-byte-size', (size) => String(ByteSize.ofBytes(size)));
    default:
      return [];
  }
}

const WORDS = fc.constantFrom('many', 'x', '0x1');

/** Of a text with a pattern only the pattern is broken: the length of a text says nothing of what it matches. */
function textBreaks({ values, minLength = 0, maxLength, patterns = [] }: Constraints): readonly Break[] {
  if (values !== undefined) return [broken('constraint', 'legal values', fc.constant('zz no such value'))];
  if (patterns.length > 1) return [];
  const [pattern] = patterns;
  const fits = (text: string): boolean =>
    text.length >= minLength && (maxLength === undefined || text.length <= maxLength);
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, 'u');
    const length = Math.max(minLength, 1);
    const others = ['!', '~', ' ', '0', 'a', 'Z', '-', '']
      .map((text) => text.repeat(length))
      .filter((text) => fits(text) && !expression.test(text));
    return others.length === 0 ? [] : [broken('constraint', 'pattern', fc.constantFrom(...others))];
  }
  const text = (length: number): fc.Arbitrary<string> => fc.constant('x'.repeat(length));
  return [
    ...(minLength > 0 ? [broken('constraint', 'minimum length', text(minLength - 1))] : []),
    ...(maxLength === undefined ? [] : [broken('constraint', 'maximum length', text(maxLength + 1))]),
  ];
}

function numberBreaks({ values, minimum, maximum, above, below, multipleOf = 1 }: Constraints): readonly Break[] {
  if (values !== undefined) {
    const other = Math.max(0, ...values.map(Number).filter(Number.isFinite)) + 1;
    return [broken('constraint', 'legal values', fc.constant(other))];
  }
  const step = (rule: string, from: number, by: number): Break =>
    broken(
      'constraint',
      rule,
      fc.integer({ min: 1, max: 1_000 }).map((times) => from + by * times * multipleOf),
    );
  const floor = (bound: number): number => Math.floor(bound / multipleOf) * multipleOf;
  const low = [...(minimum === undefined ? [] : [minimum]), ...(above === undefined ? [] : [above])];
  const high = [...(maximum === undefined ? [] : [maximum]), ...(below === undefined ? [] : [below])];
  return [
    // Of two bounds on one side both would be broken.
    ...(low.length === 1 ? low.map((bound) => step('minimum', floor(bound), -1)) : []),
    ...(high.length === 1 ? high.map((bound) => step('maximum', floor(bound), 1)) : []),
  ];
}

function amountBreaks(
  { minimum, maximum }: { readonly minimum?: number; readonly maximum?: number },
  code: IssueCode,
  textOf: (size: number) => string,
): readonly Break[] {
  return [
    broken(code, 'type', fc.constantFrom('soon', '10 parsecs')),
    broken('unit-required', 'unit', fc.constantFrom('10', 10)),
    ...(minimum === undefined || minimum < 1
      ? []
      : [broken('out-of-range', 'minimum', fc.constant(textOf(minimum - 1)))]),
    ...(maximum === undefined ? [] : [broken('out-of-range', 'maximum', fc.constant(textOf(maximum + 1)))]),
  ];
}
