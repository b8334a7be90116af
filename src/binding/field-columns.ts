import type { SimpleChecks } from './compile-checks.js';
import type { FieldPlan } from './field-plan.js';
import type { FieldType } from './field-type.js';

/** What a column's code says a value must be for the field to take it as it is. */
export const SIMPLE = { NO: 0, TEXT: 1, NUMBER: 2, INTEGER: 3, BOOLEAN: 4 } as const;

/**
 * The fields of a class in columns: for a field that asks for a type and a range only, binding a value that has them is
 * a comparison in a few small arrays. All other values and fields take the long way.
 */
export interface FieldColumns {
  readonly names: readonly string[];
  /** One of {@link SIMPLE}. */
  readonly codes: Uint8Array;
  readonly minimums: Float64Array;
  readonly maximums: Float64Array;
}

export function columnsOf(fields: readonly FieldPlan[]): FieldColumns {
  const count = fields.length;
  const names: string[] = [];
  const codes = new Uint8Array(count);
  const minimums = new Float64Array(count);
  const maximums = new Float64Array(count);
  fields.forEach((field, column) => {
    names.push(field.name);
    const simple = simpleOf(field);
    if (simple === undefined) return;
    codes[column] = codeOf(field.type.kind);
    minimums[column] = simple.minimum;
    maximums[column] = simple.maximum;
  });
  return { names, codes, minimums, maximums };
}

/** Type and range, when a value of the type is bound as it is and no decorator asks for more. */
function simpleOf({ type, simple, transforms }: FieldPlan): SimpleChecks | undefined {
  if (simple === undefined || transforms.length > 0) return undefined;
  const ranged = simple.minimum !== -Infinity || simple.maximum !== Infinity;
  switch (type.kind) {
    case 'text':
    case 'boolean':
      return (simple.type === 'any' || simple.type === type.kind) && !ranged ? simple : undefined;
    case 'integer':
      return simple.type === 'integer' ? simple : undefined;
    case 'number':
      return simple.type === 'any' || simple.type === 'number' ? simple : undefined;
    default:
      return undefined;
  }
}

function codeOf(kind: FieldType['kind']): number {
  switch (kind) {
    case 'text':
      return SIMPLE.TEXT;
    case 'number':
      return SIMPLE.NUMBER;
    case 'integer':
      return SIMPLE.INTEGER;
    case 'boolean':
      return SIMPLE.BOOLEAN;
    default:
      return SIMPLE.NO;
  }
}
