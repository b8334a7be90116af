import { validate, type ValidationError } from 'class-validator';
import { MASK } from '../core/index.js';
import type { BindContext, Finding, RefusedInstance } from './bind-context.js';
import { pathOf } from './bind-context.js';

/**
 * Asks class-validator for the words of what its decorators refused. It is the authority: where it finds nothing wrong,
 * nothing is.
 */
export async function wordRefusals(context: BindContext): Promise<void> {
  const worded = await Promise.all(context.refused.map(async (refused) => wordsOf(refused, context)));
  for (const findings of worded) context.findings.push(...findings);
}

async function wordsOf(refused: RefusedInstance, context: BindContext): Promise<readonly Finding[]> {
  const { groups, always, strictGroups } = refused.plan.selection;
  const errors = await validate(refused.instance, {
    // An error must not carry the settings around: they may hold secrets.
    validationError: { target: false, value: false },
    forbidUnknownValues: false,
    ...(groups !== undefined && { groups: [...groups] }),
    ...(always !== undefined && { always }),
    ...(strictGroups !== undefined && { strictGroups }),
  });
  return errors
    .filter(({ property }) => !refused.reported.has(property))
    .map((error) => findingOf(error, refused, context));
}

function findingOf(error: ValidationError, refused: RefusedInstance, context: BindContext): Finding {
  const path = pathOf(refused.place, error.property);
  const constraints = Object.entries(error.constraints ?? {});
  const messages = constraints.map(([name, message]) =>
    sentence(name, message, error.property, context.isSecret(path)),
  );
  return { code: 'constraint', path, message: messages.join('; ') };
}

/** The decorator's message without the field's name in front, which the path says already. */
function sentence(constraint: string, message: string, property: string, secret: boolean): string {
  // A message may quote the value ($value) or a value to compare with; of a secret only the decorator's name is told.
  if (secret) return `does not pass ${constraint} (value ${MASK})`;
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
