import { validate, type ValidationError } from 'class-validator';
import { looksSecret, MASK } from '../../core/index.js';
import { forgetOpened, openedValue } from './bind-secret.js';
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
  // An error without constraints of its own contains nested ones, which are refused instances themselves.
  const own = errors.filter(({ property, constraints }) => constraints !== undefined && !reported.has(property));
  return (await Promise.all(own.map(async (error) => findingsOf(error, refused, context)))).flat();
}

/** More are seldom read, and a mistake in one is often a mistake in all. */
const MOST_WRONG_ITEMS = 100;

/** One finding for each item that an `each` refused, and one for what concerns the whole field. */
async function findingsOf(
  error: ValidationError,
  refused: RefusedInstance,
  context: BindContext,
): Promise<readonly Finding[]> {
  const { plan, instance, place } = refused;
  const { property } = error;
  const path = pathOf(place, property);
  const secret = context.isSecret(path);
  const field = plan.fields.find(({ name }) => name === property);
  const stored: unknown = Reflect.get(instance, property);
  const value = field?.isSecure === true ? openedValue(field.type, stored) : stored;
  const constraints: Record<string, string> = { ...error.constraints };
  const items = new Map<string, RefusedItem>();
  for (const [name, text] of Object.entries(constraints)) {
    const wrong = await refusedItems(value, validationsOf(property, name, plan), instance);
    if (wrong.length > 0) Reflect.deleteProperty(constraints, name);
    const words = secret ? secretItemWords(property, name, plan) : withoutFront(text, `each value in ${property} `);
    for (const [key, item] of wrong) {
      const told = items.get(key) ?? { item, words: [], last: name };
      told.words.push(words);
      told.last = secret || words === text ? '' : name;
      items.set(key, told);
    }
  }
  if (value !== stored) forgetOpened(value);
  const declared = declaredIn(plan, property);
  const findings = Array.from(items, ([key, { item, words, last }]): Finding => {
    const message = `${words.join('; ')}${last === '' ? '' : gotText(item, last)}`;
    // A Set has lost which items its source gave twice, so that its places are not those of the source.
    if (value instanceof Set) return { code: 'constraint', path, message: `value ${key} of it ${message}`, declared };
    return { code: 'constraint', path: [...path, key], message, declared };
  });
  const rest = Object.keys(constraints).length > 0 ? [findingOf({ property, constraints }, refused, context)] : [];
  return [...rest, ...findings];
}

/** What one item is refused for. */
interface RefusedItem {
  readonly item: unknown;
  readonly words: string[];
  /** The decorator whose words end the message; empty where what was refused is not shown. */
  last: string;
}

/** The items that a decorator with `each` refuses, by their keys; none when it is not clear which decorator it was. */
async function refusedItems(
  value: unknown,
  [validation, ...others]: readonly StoredValidation[],
  instance: object,
): Promise<readonly (readonly [string, unknown])[]> {
  if (validation?.each !== true || others.length > 0) return [];
  const entries = itemsOf(value);
  const { checks } = compileChecks([{ ...validation, each: false }]);
  const wrong: (readonly [string, unknown])[] = [];
  try {
    for (const [key, item] of entries) {
      const verdicts = await Promise.all(checks.map(async (check) => check(item, instance)));
      if (verdicts.includes(false) && wrong.push([String(key), item]) === MOST_WRONG_ITEMS) break;
    }
  } catch {
    // A validator that cannot check one item alone: the issue is about the whole list.
    return [];
  }
  return wrong;
}

/** Items with their keys; those of a Set are counted from 1. */
function itemsOf(value: unknown): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Set) return Array.from(value, (item: unknown, index) => [index + 1, item] as const);
  return Array.isArray(value) || value instanceof Map ? (value.entries() as Iterable<[unknown, unknown]>) : [];
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
 * A copy of an instance with its secrets open. Only the messages about secrets themselves are taken from it: any other
 * validator may have read the whole instance for its message.
 */
function opened({ fields }: SectionPlan, instance: object): object {
  const likeness = Object.assign(Object.create(Object.getPrototypeOf(instance) as object) as object, instance);
  for (const { name, type, isSecure } of fields) {
    if (isSecure) Reflect.set(likeness, name, openedValue(type, Reflect.get(instance, name)));
  }
  return likeness;
}

/** The messages without class-validator. */
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
    const messages = constraints.map(([name]) => wordsForSecret(error.property, name, refused.plan));
    return { code: 'constraint', path, message: messages.join('; '), declared };
  }
  // Without the field's name in front, which the path contains already.
  const front = `${error.property} `;
  const messages = constraints.map(([, text]) => withoutFront(text, front));
  // Words of the service's own may be whole sentences.
  const [constraint, words = ''] = constraints.at(-1) ?? [];
  const got = words.startsWith(front) ? gotText(Reflect.get(refused.instance, error.property), constraint) : '';
  return { code: 'constraint', path, message: `${messages.join('; ')}${got}`, declared };
}

/** The words for a secret. A message may quote the value ($value) or a value to compare with, so only our own are used. */
function wordsForSecret(property: string, constraint: string, plan: SectionPlan): string {
  const [validation, ...others] = validationsOf(property, constraint, plan);
  const own = validation === undefined || others.length > 0 ? undefined : secretWords(validation);
  return own ?? `does not pass ${constraint} (value ${MASK})`;
}

function secretItemWords(property: string, constraint: string, plan: SectionPlan): string {
  return withoutFront(wordsForSecret(property, constraint, plan), 'each value ');
}

function withoutFront(text: string, front: string): string {
  return text.startsWith(front) ? text.slice(front.length) : text;
}

/** The decorators of a field that class-validator calls by the same name. */
function validationsOf(property: string, constraint: string, plan: SectionPlan): readonly StoredValidation[] {
  return storedValidations(plan.target, plan.selection).filter(
    ({ propertyName, name, type }) => propertyName === property && (name ?? type) === constraint,
  );
}

/**
 * The refused value, for the end of a message. Any string may hold an undeclared secret, such as a connection string; only a
 * wrong word for a list of legal words is quoted.
 */
function gotText(value: unknown, constraint: string | undefined): string {
  if (typeof value === 'string') {
    return constraint === 'isIn' ? `, got ${showRaw(value, { secret: looksSecret(value) })}` : '';
  }
  return value === null || ['number', 'boolean', 'bigint'].includes(typeof value) ? `, got ${String(value)}` : '';
}
