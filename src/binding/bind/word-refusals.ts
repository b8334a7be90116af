import { validate, type ValidationError } from 'class-validator';
import { looksSecret, MASK } from '../../core/index.js';
import { openedValue } from './bind-secret.js';
import type { BindContext, Finding, RefusedInstance } from './bind-context.js';
import { pathOf } from './bind-context.js';
import { showRaw } from '../coerce/index.js';
import { secretWords } from './secret-words.js';
import type { SectionPlan } from '../plan/index.js';
import { compileChecks, storedValidations, type StoredValidation } from '../fields/index.js';

/**
 * Asks class-validator for the words of what its decorators refused. It is the authority: where it finds nothing wrong,
 * nothing is.
 */
export async function wordRefusals(context: BindContext): Promise<void> {
  const worded = await Promise.all(context.refused.map(async (refused) => wordsOf(refused, context)));
  for (const findings of worded) context.findings.push(...findings);
}

async function wordsOf(refused: RefusedInstance, context: BindContext): Promise<readonly Finding[]> {
  const { plan, instance, reported, fields } = refused;
  const secure = new Set(plan.fields.flatMap(({ name, isSecure }) => (isSecure ? [name] : [])));
  let errors: readonly ValidationError[];
  try {
    errors = (await errorsOf(plan, instance)).filter(({ property }) => !secure.has(property));
    if ([...fields].some((field) => secure.has(field))) {
      const ofSecrets = await errorsOf(plan, opened(plan, instance));
      errors = [...errors, ...ofSecrets.filter(({ property }) => secure.has(property) && fields.has(property))];
    }
  } catch {
    // What a validator throws may quote settings, and has been reported as a finding of its own field.
    return withoutWords(refused);
  }
  // An error without constraints of its own stands above nested ones, which are refused instances themselves.
  const own = errors.filter(({ property, constraints }) => constraints !== undefined && !reported.has(property));
  return (await Promise.all(own.map(async (error) => findingsOf(error, refused, context)))).flat();
}

/** More are seldom read, and a mistake in one is often a mistake in all. */
const MOST_WRONG_ITEMS = 100;

/** What `each` refused is told of the items that it refused, and the rest of the field. */
async function findingsOf(
  error: ValidationError,
  refused: RefusedInstance,
  context: BindContext,
): Promise<readonly Finding[]> {
  const path = pathOf(refused.place, error.property);
  if (context.isSecret(path)) return [findingOf(error, refused, context)];
  const constraints: Record<string, string> = { ...error.constraints };
  const items = new Map<string, { readonly item: unknown; readonly words: string[]; last: string }>();
  for (const [name, text] of Object.entries(constraints)) {
    const wrong = await refusedItems(error.property, name, refused);
    if (wrong.length > 0) Reflect.deleteProperty(constraints, name);
    const front = `each value in ${error.property} `;
    for (const [key, item] of wrong) {
      const told = items.get(key) ?? { item, words: [], last: name };
      told.words.push(text.startsWith(front) ? text.slice(front.length) : text);
      told.last = text.startsWith(front) ? name : '';
      items.set(key, told);
    }
  }
  const findings = Array.from(items, ([key, { item, words, last }]): Finding => {
    const got = last === '' ? '' : gotText(item, last);
    const declared = declaredIn(refused.plan, error.property);
    return { code: 'constraint', path: [...path, key], message: `${words.join('; ')}${got}`, declared };
  });
  const rest =
    Object.keys(constraints).length > 0 ? [findingOf({ property: error.property, constraints }, refused, context)] : [];
  return [...rest, ...findings];
}

/** The items that a decorator with `each` refuses, by their keys; none when it is not clear which decorator it was. */
async function refusedItems(
  property: string,
  constraint: string,
  { plan, instance }: RefusedInstance,
): Promise<readonly (readonly [string, unknown])[]> {
  const [validation, ...others] = validationsOf(property, constraint, plan);
  if (validation?.each !== true || others.length > 0) return [];
  const value: unknown = Reflect.get(instance, property);
  if (!Array.isArray(value) && !(value instanceof Map)) return [];
  const { checks } = compileChecks([{ ...validation, each: false }]);
  const wrong: (readonly [string, unknown])[] = [];
  try {
    for (const [key, item] of value.entries() as Iterable<[unknown, unknown]>) {
      const verdicts = await Promise.all(checks.map(async (check) => check(item, instance)));
      if (verdicts.includes(false) && wrong.push([String(key), item]) === MOST_WRONG_ITEMS) break;
    }
  } catch {
    // A validator that cannot look at one item alone: the list is told as a whole.
    return [];
  }
  return wrong;
}

async function errorsOf({ selection }: SectionPlan, instance: object): Promise<readonly ValidationError[]> {
  const { groups, always, strictGroups } = selection;
  return validate(instance, {
    // An error must not carry the settings around: they may hold secrets.
    validationError: { target: false, value: false },
    forbidUnknownValues: false,
    ...(groups !== undefined && { groups: [...groups] }),
    ...(always !== undefined && { always }),
    ...(strictGroups !== undefined && { strictGroups }),
  });
}

/**
 * A likeness of an instance that shows its secrets. Only the findings about secrets themselves are taken from it: the
 * words of any other one may be made by somebody who looks at the whole.
 */
function opened({ fields }: SectionPlan, instance: object): object {
  const likeness = Object.assign(Object.create(Object.getPrototypeOf(instance) as object) as object, instance);
  for (const { name, type, isSecure } of fields) {
    if (isSecure) Reflect.set(likeness, name, openedValue(type, Reflect.get(instance, name)));
  }
  return likeness;
}

/** What can be said when class-validator cannot be asked. */
function withoutWords({ plan, fields, reported, place }: RefusedInstance): readonly Finding[] {
  return [...fields]
    .filter((field) => !reported.has(field))
    .map((field) => ({
      code: 'constraint',
      path: pathOf(place, field),
      message: 'does not pass its validators',
      declared: declaredIn(plan, field),
    }));
}

/** How the class calls a field: `DatabaseSettings.port`. */
function declaredIn({ target }: SectionPlan, field: string): string {
  return `${target.name}.${field}`;
}

function findingOf(
  error: Pick<ValidationError, 'property' | 'constraints'>,
  refused: RefusedInstance,
  context: BindContext,
): Finding {
  const path = pathOf(refused.place, error.property);
  const constraints = Object.entries(error.constraints ?? {});
  const declared = declaredIn(refused.plan, error.property);
  if (context.isSecret(path)) {
    // A message may quote the value ($value) or a value to compare with: of a secret it is not told.
    const messages = constraints.map(
      ([name]) => ownWords(error.property, name, refused) ?? `does not pass ${name} (value ${MASK})`,
    );
    return { code: 'constraint', path, message: messages.join('; '), declared };
  }
  // Without the field's name in front, which the path says already.
  const front = `${error.property} `;
  const messages = constraints.map(([, text]) => (text.startsWith(front) ? text.slice(front.length) : text));
  // Words of the service's own may be whole sentences.
  const [constraint, words = ''] = constraints.at(-1) ?? [];
  const got = words.startsWith(front) ? gotText(Reflect.get(refused.instance, error.property), constraint) : '';
  return { code: 'constraint', path, message: `${messages.join('; ')}${got}`, declared };
}

/** The words for a secret, where it is clear which decorator refused it. */
function ownWords(property: string, constraint: string, { plan }: RefusedInstance): string | undefined {
  const [validation, ...others] = validationsOf(property, constraint, plan);
  return validation === undefined || others.length > 0 ? undefined : secretWords(validation);
}

/** The decorators of a field that class-validator calls by the same name. */
function validationsOf(property: string, constraint: string, plan: SectionPlan): readonly StoredValidation[] {
  return storedValidations(plan.target, plan.selection).filter(
    ({ propertyName, name, type }) => propertyName === property && (name ?? type) === constraint,
  );
}

/**
 * What was refused, for the end of a message. Any text may hold a secret that nobody declared, such as a connection
 * string; only one that should be a word of a list is quoted.
 */
function gotText(value: unknown, constraint: string | undefined): string {
  if (typeof value === 'string') {
    return constraint === 'isIn' ? `, got ${showRaw(value, { secret: looksSecret(value) })}` : '';
  }
  return value === null || ['number', 'boolean', 'bigint'].includes(typeof value) ? `, got ${String(value)}` : '';
}
