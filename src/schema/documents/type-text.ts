import { describeType } from '../../binding/index.js';
import { amountBounds, type Constraints, type FieldFacts } from '../fields/index.js';

/** The type of a field, with the values that are allowed: `integer, 1 to 65535`. */
export function typeText({ field, constraints }: Pick<FieldFacts, 'field' | 'constraints'>): string {
  const { type } = field;
  const { least, most } = amountBounds(type);
  const { value, item } = constraints;
  const parts = [
    describeType(type),
    ...between(least ?? value.minimum, most ?? value.maximum),
    ...said(value, type.kind === 'enum'),
    ...between(item.minimum, item.maximum).map((text) => `each ${text}`),
    ...said(item, type.kind === 'list' && type.item.kind === 'enum').map((text) => `each ${text}`),
  ];
  return parts.join(', ');
}

type Bound = string | number | undefined;

function said(asked: Constraints, isEnum: boolean): readonly string[] {
  const { above, below, multipleOf, values, patterns = [], uniqueItems } = asked;
  return [
    ...(above === undefined ? [] : [`above ${String(above)}`]),
    ...(below === undefined ? [] : [`below ${String(below)}`]),
    ...(multipleOf === undefined ? [] : [`a multiple of ${String(multipleOf)}`]),
    ...between(asked.minLength, asked.maxLength).map((text) => `${text} characters`),
    ...between(asked.minItems, asked.maxItems).map((text) => `${text} items`),
    ...(values === undefined || isEnum ? [] : [`one of ${values.map(String).join(', ')}`]),
    ...patterns.map((pattern) => `matching ${pattern}`),
    ...(uniqueItems === true ? ['no two alike'] : []),
  ];
}

function between(least: Bound, most: Bound): readonly string[] {
  if (least !== undefined && most !== undefined) return [`${String(least)} to ${String(most)}`];
  if (least !== undefined) return [`at least ${String(least)}`];
  return most === undefined ? [] : [`at most ${String(most)}`];
}
