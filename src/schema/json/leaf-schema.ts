import { type FieldType, legalValues } from '../../binding/index.js';
import { both, type Constraints, plain } from '../fields/index.js';
import type { JsonSchema } from './schema-data.js';
import type { TextForm } from './text-forms.js';

export type LeafType = Exclude<FieldType, { readonly kind: 'list' | 'map' | 'section' }>;

/** What refers to one of the text forms. */
export type FormReference = (form: TextForm) => JsonSchema;

/** The alternatives of a single value: as its own type, and as strings. */
export function leafSchemas(type: LeafType, constraints: Constraints, form: FormReference): readonly JsonSchema[] {
  switch (type.kind) {
    case 'text':
      return textSchemas(constraints, form('reference'));
    case 'number':
    case 'integer':
      return [numberSchema(type.kind, constraints), form(type.kind)];
    case 'boolean':
      return constraints.values === undefined
        ? [{ type: 'boolean' }, form('boolean')]
        : [{ enum: constraints.values.filter((value) => typeof value === 'boolean') }, form('boolean')];
    case 'bigint':
      return [{ type: 'integer' }, form('bigint')];
    case 'date':
    case 'url':
    case 'duration':
      return [form(type.kind)];
    case 'byte-size':
      return [form('byteSize')];
    case 'regexp':
      return [{ type: 'string', minLength: 1 }, form('reference')];
    case 'enum':
      return [{ enum: enumTexts(type.legal, constraints.values) }, form('reference')];
    case 'secret':
      return secretSchemas(type, constraints, form);
    case 'anything':
      return ['null', 'boolean', 'number', 'array', 'object']
        .map((one): JsonSchema => ({ type: one }))
        .concat(form('json'));
  }
}

function textSchemas(constraints: Constraints, others: JsonSchema): readonly JsonSchema[] {
  const { values, minLength, maxLength, patterns = [] } = constraints;
  if (values !== undefined) return [{ enum: values.filter((value) => typeof value === 'string') }, others];
  const [pattern, ...more] = patterns;
  const text = {
    type: 'string',
    ...(minLength !== undefined && minLength > 0 && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(pattern !== undefined && { pattern }),
    ...(more.length > 0 && { allOf: more.map((one) => ({ type: 'string', pattern: one })) }),
  };
  return [text, others];
}

function numberSchema(type: 'number' | 'integer', constraints: Constraints): JsonSchema {
  const { values, minimum, maximum, above, below, multipleOf } = constraints;
  if (values !== undefined) return { enum: values.filter((value) => typeof value === 'number') };
  return {
    type,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(above !== undefined && { exclusiveMinimum: above }),
    ...(below !== undefined && { exclusiveMaximum: below }),
    ...(multipleOf !== undefined && { multipleOf }),
  };
}

/** The values in the order of their declaration, then what else the loader takes for one of them. */
function enumTexts(
  source: Parameters<typeof legalValues>[0],
  only: readonly unknown[] | undefined,
): readonly unknown[] {
  const legal = legalValues(source).filter(({ value }) => only?.includes(value) ?? true);
  const values = legal.map(({ value }) => value);
  const names = legal.flatMap(({ name }) => name ?? []);
  const texts = values.filter((value) => typeof value !== 'string').map(String);
  return [...new Set([...values.map((value) => plain(value) ?? value), ...names, ...texts])];
}

/** A secret is written as it is, or encrypted. */
function secretSchemas(
  { item, rule }: Extract<FieldType, { readonly kind: 'secret' }>,
  constraints: Constraints,
  form: FormReference,
): readonly JsonSchema[] {
  const encrypted = form('secret');
  // Of bytes the length of the text says nothing.
  if (rule.form === 'bytes') return [{ type: 'string' }, encrypted];
  return [...leafSchemas(item, both(constraints, {}), form), encrypted];
}
