import { sameValue } from '../core/index.js';
import { CompiledFlag } from './compiled-flag.js';
import { flagIn, prerequisitesOf, type DefinedFlag, type DefinedFlags } from './defined-flags.js';
import { tryEngine, type FlagEngine, type RuleTerms } from './engine.js';
import { refsIn, RuleRefs } from './rule-refs.js';

/**
 * The flags of one section. Each is compiled when it is asked for first, and taken over from the set before, or from that of
 * the base, where it is the same.
 */
export class FlagSet {
  public readonly defined: DefinedFlags;
  readonly #terms: RuleTerms;
  readonly #refs: RuleRefs;
  readonly #compiled = new Map<string, CompiledFlag>();
  /** What a tenant's set takes over. */
  readonly #base: FlagSet | undefined;
  #sameAsBase: ((key: string) => boolean) | undefined;

  /** @throws ConfigError `rule-engine-refused`. */
  public constructor(defined: DefinedFlags, engine: FlagEngine | undefined, base?: FlagSet) {
    this.defined = defined;
    this.#terms = { engine, isInterpreted: defined.evaluation !== 'compiled' };
    this.#refs = new RuleRefs(defined.$evaluators ?? {});
    this.#base = base;
    if (engine !== undefined && base === undefined) tryEngine(this.#terms);
  }

  public get size(): number {
    return this.#compiled.size;
  }

  public flag(key: string): CompiledFlag | undefined {
    return this.#compiled.get(key) ?? this.#compile(key);
  }

  /** Takes over what is compiled already, but for the keys that are different. */
  public takeOver(before: FlagSet, changed: ReadonlySet<string>): void {
    for (const [key, flag] of before.#compiled) if (!changed.has(key)) this.#compiled.set(key, flag);
  }

  #compile(key: string): CompiledFlag | undefined {
    const definition = flagIn(this.defined, key);
    if (definition === undefined) return undefined;
    this.#sameAsBase ??= this.#base === undefined ? () => false : comparison(this.#base.defined, this.defined);
    const flag = this.#sameAsBase(key) ? this.#base?.flag(key) : undefined;
    const made = flag ?? new CompiledFlag(key, definition, this.#termsOf(definition));
    this.#compiled.set(key, made);
    return made;
  }

  #termsOf({ targeting, metadata }: DefinedFlag): ConstructorParameters<typeof CompiledFlag>[2] {
    const isNone = targeting === undefined || Object.keys(targeting).length === 0;
    return {
      ...this.#terms,
      targeting: isNone ? undefined : this.#refs.expand(targeting),
      metadata: Object.freeze({ ...this.defined.metadata, ...metadata }),
    };
  }
}

/** True when some flag has a rule: then the engine is needed. */
export function needsEngine({ flags }: DefinedFlags): boolean {
  return Object.values(flags).some(({ targeting = {} }) => Object.keys(targeting).length > 0);
}

/** The keys whose flags may come to something else: by their definition, what it refers to, or a prerequisite. */
export function changedKeys(before: DefinedFlags, after: DefinedFlags): ReadonlySet<string> {
  const isSame = comparison(before, after);
  const changed = new Set<string>();
  const dependants = new Map<string, string[]>();
  for (const key of new Set([...Object.keys(before.flags), ...Object.keys(after.flags)])) {
    if (!isSame(key)) changed.add(key);
    const definition = flagIn(after, key);
    if (definition?.prerequisites === undefined) continue;
    for (const [other] of prerequisitesOf(definition)) {
      const known = dependants.get(other);
      if (known === undefined) dependants.set(other, [key]);
      else known.push(key);
    }
  }
  // A set that grows while it is walked is walked to its end.
  for (const key of changed) for (const dependant of dependants.get(key) ?? []) changed.add(dependant);
  return changed;
}

/** Compares the flags of two sections by key; prerequisites count by their names only. */
function comparison(before: DefinedFlags, after: DefinedFlags): (key: string) => boolean {
  const isAlike = before.evaluation === after.evaluation && sameValue(before.metadata ?? {}, after.metadata ?? {});
  const moved = changedEvaluators(before.$evaluators ?? {}, after.$evaluators ?? {});
  return (key) => {
    const [one, other] = [flagIn(before, key), flagIn(after, key)];
    if (!isAlike || one === undefined || other === undefined) return one === other;
    if (!FIELDS.every((field) => sameField(one[field], other[field]))) return false;
    return moved.size === 0 || [...refsIn(other.targeting)].every((name) => !moved.has(name));
  };
}

function changedEvaluators(
  before: NonNullable<DefinedFlags['$evaluators']>,
  after: NonNullable<DefinedFlags['$evaluators']>,
): ReadonlySet<string> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const moved = new Set(names.filter((name) => !sameValue(before[name], after[name])));
  for (let size = -1; size !== moved.size;) {
    size = moved.size;
    for (const name of names) if ([...refsIn(after[name])].some((ref) => moved.has(ref))) moved.add(name);
  }
  return moved;
}

const FIELDS: readonly (keyof DefinedFlag)[] = [
  'state',
  'variants',
  'defaultVariant',
  'targeting',
  'forced',
  'offVariant',
  'prerequisites',
  'activeFrom',
  'activeUntil',
  'metadata',
];

function sameField(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  return sameValue(one, other);
}
