import { isConfigMap } from '../../core/index.js';
import { SIMPLE } from '../fields/index.js';
import type { SectionPlan } from '../plan/index.js';
import type { BoundBefore } from './bind-context.js';
import { ownValue } from './section-binding.js';

/** What is left to be bound of an instance that has the values of an earlier one. */
export interface LeftOver {
  /** Ascending. */
  readonly columns: readonly number[];
  /** Their raw values. */
  readonly values: readonly unknown[];
  /** What the initialisers of the instance itself gave them. */
  readonly initial: readonly unknown[];
}

/**
 * Gives a fresh instance the values of an earlier one, which is made from the same but for a few keys: of all fields whose
 * values hang on nothing but their own raw value. `undefined`, and nothing is given, where that would be less than half of
 * them, or could be seen.
 */
export function takeOver(
  plan: SectionPlan,
  fresh: Record<string, unknown>,
  { raw, instance, apart }: BoundBefore,
): LeftOver | undefined {
  const { names, kinds } = plan;
  if (apart === undefined) return undefined;
  const { isPlain, others, asked } = columnsOf(plan, fresh);
  if (!isPlain) return undefined;
  // The fields of a settings class are its own enumerable properties.
  const was = instance as Readonly<Record<string, unknown>>;
  const left = [...others];
  for (const key of Object.keys(apart)) {
    const column = plan.columnOf(key);
    if (column !== undefined && !left.includes(column)) left.push(column);
  }
  for (const column of asked) {
    const name = names[column] ?? '';
    const value = ownValue(raw, name);
    // A default may be another one for each instance.
    const isDefault = kinds[column]?.code === SIMPLE.NESTED ? !isConfigMap(value) : value !== was[name];
    if (isDefault && !left.includes(column)) left.push(column);
    if (left.length > names.length / 2) return undefined;
  }
  if (left.length > names.length / 2) return undefined;
  const columns = left.sort(ascending);
  const own = columns.map((column) => names[column] ?? '');
  const initial = own.map((name) => fresh[name]);
  Object.assign(fresh, was);
  return { columns, values: own.map((name) => ownValue(Object.hasOwn(apart, name) ? apart : raw, name)), initial };
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** The columns of a class by what their values hang on. */
interface TakenColumns {
  /** True where a copy of all own properties is one of all fields: none is behind an accessor, and there are no others. */
  readonly isPlain: boolean;
  /** Those that are bound anew whatever their raw values are: they may look at other fields, or hold a secret. */
  readonly others: readonly number[];
  /** Those that may hold a default. */
  readonly asked: readonly number[];
}

const known = new WeakMap<SectionPlan, TakenColumns>();

function columnsOf(plan: SectionPlan, fresh: object): TakenColumns {
  let columns = known.get(plan);
  if (columns === undefined) known.set(plan, (columns = sortColumns(plan, fresh)));
  return columns;
}

function sortColumns({ target, names, kinds, computed }: SectionPlan, fresh: object): TakenColumns {
  const own = Object.entries(Object.getOwnPropertyDescriptors(fresh));
  // A class has a prototype.
  const prototype = target.prototype as object;
  const isPlain =
    computed.length === 0 &&
    !names.some((name) => name in prototype) &&
    Object.getOwnPropertySymbols(fresh).length === 0 &&
    own.every(([name, { writable, enumerable }]) => writable === true && enumerable === true && names.includes(name));
  const columnsWhere = (has: (name: string, code: number) => boolean): readonly number[] =>
    names.flatMap((name, column) => (has(name, kinds[column]?.code ?? SIMPLE.NO) ? [column] : []));
  return {
    isPlain,
    others: columnsWhere((_, code) => code === SIMPLE.NO || code === SIMPLE.MASKED),
    asked: columnsWhere(
      (name, code) => code === SIMPLE.NESTED || (isSingle(code) && Reflect.get(fresh, name) !== undefined),
    ),
  };
}

/** True for a field whose value is a string, a number or a boolean. */
function isSingle(code: number): boolean {
  return code !== SIMPLE.NO && code !== SIMPLE.MASKED && code !== SIMPLE.NESTED;
}
