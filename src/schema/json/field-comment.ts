import type { FieldFacts } from '../fields/index.js';
import { amountBounds } from '../fields/index.js';

/**
 * What JSON Schema has no word for, in `$comment`, where programs find it again: `required in production; secret sealed;
 * at least 1s`. The comparison of two schemas reads it.
 */
export function fieldComment(facts: FieldFacts): string {
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
