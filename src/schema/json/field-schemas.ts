import { type FieldType, type SectionPlan, type SectionType, planOf } from '../../binding/index.js';
import { deprecationText } from '../../sections/index.js';
import {
  type Constraints,
  type FieldFacts,
  fieldFacts,
  fieldNotes,
  plain,
  plainDefault,
  amountBounds,
} from '../fields/index.js';
import type { JsonSchema } from './schema-data.js';
import { leafSchemas } from './leaf-schema.js';
import type { ObjectKey, ObjectKeys } from './object-schema.js';
import type { TextForm } from './text-forms.js';

export interface FieldReferences {
  form(form: TextForm): JsonSchema;
  /** The alternatives of nested settings. */
  section(type: SectionType, plan: SectionPlan): readonly JsonSchema[];
}

/** The keys of a settings class, each with the schema of its value. */
export function classKeys(plan: SectionPlan, complete: boolean, refer: FieldReferences): ObjectKeys {
  const facts = fieldFacts(plan);
  return {
    keys: facts.map((one) => fieldKey(one, plan, refer)),
    required: complete ? facts.filter(({ required }) => required).map(({ name }) => name) : [],
    others: [],
  };
}

function fieldKey(facts: FieldFacts, plan: SectionPlan, refer: FieldReferences): ObjectKey {
  const { name, field, constraints, nullable } = facts;
  const { aliases, type, declaration, secret } = field;
  const { examples = [], deprecated } = declaration;
  const description = [...fieldNotes(facts), ...(deprecated === undefined ? [] : [deprecationSentence(facts)])].join(
    ' ',
  );
  const initial = plainDefault(facts);
  const comment = fieldComment(facts);
  const shown = secret ? [] : examples.map((example) => plain(example)).filter((example) => example !== undefined);
  const values = valueSchemas(type, constraints, plan, refer);
  return {
    key: name,
    aliases,
    plan: type.kind === 'section' && type.discriminator === undefined ? planOf(type.target, plan.selection) : undefined,
    schema: {
      ...(description !== '' && { description }),
      ...(initial !== undefined && { default: initial }),
      ...(shown.length > 0 && { examples: shown }),
      ...(deprecated !== undefined && { deprecated: true }),
      ...(field.isSecure && { writeOnly: true }),
      ...(comment !== '' && { $comment: comment }),
      anyOf: nullable ? [...values, { type: 'null' }] : values,
    },
  };
}

function deprecationSentence({ field }: FieldFacts): string {
  const text = deprecationText(field.declaration.deprecated ?? {});
  return text === '' ? 'Deprecated.' : `Deprecated ${text}.`;
}

type SaidOfField = Pick<FieldFacts['constraints'], 'value' | 'item'>;

function valueSchemas(
  type: FieldType,
  { value, item }: SaidOfField,
  plan: SectionPlan,
  refer: FieldReferences,
): readonly JsonSchema[] {
  switch (type.kind) {
    case 'section':
      return refer.section(type, plan);
    case 'list': {
      const items = itemSchema(type.item, item, plan, refer);
      const list = { type: 'array', items, ...itemCounts(value, type.item) };
      return [list, ...(type.orMap === true ? [mapOf(items)] : []), refer.form('list')];
    }
    case 'map':
      return [mapOf(itemSchema(type.item, type.asMap === true ? item : {}, plan, refer)), refer.form('map')];
    default:
      return leafSchemas(type, value, (form) => refer.form(form));
  }
}

function itemSchema(type: FieldType, asked: Constraints, plan: SectionPlan, refer: FieldReferences): JsonSchema {
  const alternatives = valueSchemas(type, { value: asked, item: {} }, plan, refer);
  // Of a list or map every item is something.
  return { anyOf: alternatives.filter((one) => one['type'] !== 'null') };
}

function itemCounts({ minItems, maxItems, uniqueItems }: Constraints, item: FieldType): JsonSchema {
  return {
    ...(minItems !== undefined && { minItems }),
    ...(maxItems !== undefined && { maxItems }),
    // Of values that are made anew for each item, no two are the same to class-validator.
    ...(uniqueItems === true && COMPARED.has(item.kind) && { uniqueItems }),
  };
}

const COMPARED = new Set<FieldType['kind']>(['text', 'number', 'integer', 'boolean', 'bigint', 'enum']);

function mapOf(items: JsonSchema): JsonSchema {
  return {
    type: 'object',
    propertyNames: { not: { enum: ['__proto__', 'constructor', 'prototype'] } },
    additionalProperties: items,
  };
}

/**
 * What JSON Schema has no word for, in `$comment`, where programs find it again: `required in production; secret sealed;
 * at least 1s`. The comparison of two schemas reads it.
 */
function fieldComment(facts: FieldFacts): string {
  const { field, required } = facts;
  const { requiredIn, restartRequired, secure } = field.declaration;
  const { least, most } = amountBounds(field.type);
  const parts = [
    ...(required ? ['required'] : []),
    ...(!required && requiredIn !== undefined ? [`required in ${requiredIn.join(', ')}`] : []),
    ...(secure === undefined ? [] : [`secret ${secure.level}`]),
    ...(restartRequired === true ? ['restart'] : []),
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return parts.join('; ');
}
