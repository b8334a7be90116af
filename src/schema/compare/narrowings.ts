import { ByteSize, Duration } from '../../sections/index.js';
import type { JsonSchema } from '../json/index.js';
import type { SchemaField } from './schema-fields.js';

export interface Narrowing {
  readonly narrower: boolean;
  readonly message: string;
}

export function narrowings(before: SchemaField, after: SchemaField): readonly Narrowing[] {
  return [
    ...kinds(before.values, after.values),
    ...legal(before, after),
    ...bounds(before, after),
    ...amounts(before, after),
  ];
}

/** What a value may be; an integer is a number too. */
function kinds(before: readonly JsonSchema[], after: readonly JsonSchema[]): readonly Narrowing[] {
  const [was, is] = [kindsOf(before), kindsOf(after)];
  const takes = (all: ReadonlySet<string>, kind: string): boolean =>
    all.has(kind) || (kind === 'integer' && all.has('number'));
  const lost = [...was].filter((kind) => !takes(is, kind));
  const won = [...is].filter((kind) => !takes(was, kind));
  return [
    ...(lost.length === 0 ? [] : [{ narrower: true, message: `takes no ${lost.join(' and no ')} any more` }]),
    ...(won.length === 0 ? [] : [{ narrower: false, message: `takes ${won.join(' and ')} as well` }]),
  ];
}

function kindsOf(values: readonly JsonSchema[]): ReadonlySet<string> {
  return new Set(
    values.flatMap(({ type, $ref: reference }) => {
      if (typeof type === 'string') return [type];
      const [, form] = typeof reference === 'string' ? (/\/text\.(\w+)$/.exec(reference) ?? []) : [];
      // Every value may be a reference, and a secret is written as what it is.
      return form === undefined || form === 'reference' || form === 'secret' ? [] : [`string of the form ${form}`];
    }),
  );
}

function legal(before: SchemaField, after: SchemaField): readonly Narrowing[] {
  const [was, is] = [legalOf(before), legalOf(after)];
  if (was === undefined && is === undefined) return [];
  if (was === undefined) return [{ narrower: true, message: `takes only ${shown(is ?? [])} now` }];
  if (is === undefined) return [{ narrower: false, message: 'takes other values as well' }];
  const [lost, won] = [was.filter((value) => !is.includes(value)), is.filter((value) => !was.includes(value))];
  return [
    ...(lost.length === 0 ? [] : [{ narrower: true, message: `takes ${shown(lost)} no more` }]),
    ...(won.length === 0 ? [] : [{ narrower: false, message: `takes ${shown(won)} as well` }]),
  ];
}

function legalOf({ values }: SchemaField): readonly unknown[] | undefined {
  const listed = values.find((value) => Array.isArray(value['enum']))?.['enum'];
  return Array.isArray(listed) ? (listed as readonly unknown[]) : undefined; // As was asked.
}

function shown(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

/** Each bound with the direction in which it is stricter. */
const BOUNDS = [
  ['minimum', 1],
  ['exclusiveMinimum', 1],
  ['maximum', -1],
  ['exclusiveMaximum', -1],
  ['minLength', 1],
  ['maxLength', -1],
  ['minItems', 1],
  ['maxItems', -1],
] as const;

function bounds(before: SchemaField, after: SchemaField): readonly Narrowing[] {
  const found = BOUNDS.flatMap(([name, direction]): Narrowing[] => {
    const [was, is] = [numberOf(before, name), numberOf(after, name)];
    if (was === is) return [];
    const narrower = is !== undefined && (was === undefined || (is - was) * direction > 0);
    return [{ narrower, message: `its ${name} was ${String(was ?? 'none')} and is ${String(is ?? 'none')}` }];
  });
  const others = ['pattern', 'multipleOf', 'uniqueItems', 'allOf'].flatMap((name): Narrowing[] => {
    const [was, is] = [before, after].map(({ values }) =>
      JSON.stringify(values.map((value) => value[name]).filter(isThere)),
    );
    return was === is ? [] : [{ narrower: is !== '[]', message: `its ${name} is another one` }];
  });
  return [...found, ...others];
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}

function numberOf({ values }: SchemaField, name: string): number | undefined {
  return values.map((value) => value[name]).find((value): value is number => typeof value === 'number');
}

/** The bounds of durations and sizes, which are in the comment. */
function amounts(before: SchemaField, after: SchemaField): readonly Narrowing[] {
  return (['at least ', 'at most '] as const).flatMap((word): Narrowing[] => {
    const [was, is] = [before, after].map(({ facts }) =>
      facts.find((fact) => fact.startsWith(word))?.slice(word.length),
    );
    if (was === is) return [];
    const [old, now] = [was, is].map((text) => (text === undefined ? undefined : amountOf(text)));
    const stricter = word === 'at least ' ? 1 : -1;
    const narrower = now !== undefined && (old === undefined || (now - old) * stricter > 0);
    return [
      {
        narrower,
        message: is === undefined ? `need not be ${word}${was ?? ''} any more` : `has to be ${word}${is} now`,
      },
    ];
  });
}

function amountOf(text: string): number {
  return Duration.diagnose(text) === undefined ? Duration.of(text).milliseconds : Number(ByteSize.of(text));
}
