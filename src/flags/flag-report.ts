import type { DefinedFlag, DefinedFlags } from './defined-flags.js';
import { flagIn, prerequisitesOf } from './defined-flags.js';
import type { FlagDeclaration, FlagKind } from './flag.js';
import { endOf } from './flag-day.js';
import type { FlagValue } from './flag-value.js';

/**
 * What a flag's life says. `expired`: its last day is over; `undeclared`: it is defined, and no class declares it;
 * `undefined`: a class declares it, or code asks for it, and it is not defined; `settled`: for release and experiment,
 * everybody gets one variant, so that the code can do without it; `unending`: for these, it has no last day.
 */
export type FlagFinding = 'expired' | 'undeclared' | 'undefined' | 'settled' | 'unending';

/** One flag, as it is declared and defined. Subpath: `uno-config/flags`. */
export interface FlagRow {
  readonly key: string;
  readonly kind?: FlagKind;
  readonly owner?: string;
  readonly expires?: string;
  readonly description?: string;
  /** The class and property that declare it: `CheckoutFlags.newCheckout`. */
  readonly declaredBy?: string;
  readonly default?: FlagValue;
  readonly state?: 'ENABLED' | 'DISABLED';
  readonly variants: Readonly<Record<string, FlagValue>>;
  readonly defaultVariant?: string;
  /** The variant of the kill switch. */
  readonly forced?: string;
  readonly targeting?: Readonly<Record<string, unknown>>;
  readonly prerequisites: readonly string[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** How often it was asked for since the start; absent where no program runs. */
  readonly asked?: number;
  readonly findings: readonly FlagFinding[];
}

/** All flags, in the order of their keys. `asked`: by key, how often; absent where no program runs. */
export function reportFlags(
  defined: DefinedFlags,
  declarations: readonly FlagDeclaration[],
  now: number,
  asked?: ReadonlyMap<string, number>,
): readonly FlagRow[] {
  const byKey = new Map(declarations.map((declaration) => [declaration.key, declaration]));
  const keys = new Set([...Object.keys(defined.flags), ...byKey.keys(), ...(asked?.keys() ?? [])]);
  return [...keys].sort().map((key) => {
    const [definition, declaration] = [flagIn(defined, key), byKey.get(key)];
    return Object.freeze({
      key,
      ...(declaration !== undefined && declaredFacts(declaration)),
      ...definedFacts(definition, defined),
      ...(asked !== undefined && { asked: asked.get(key) ?? 0 }),
      findings: Object.freeze(findingsOf(definition, declaration, now)),
    });
  });
}

function declaredFacts(declaration: FlagDeclaration): Partial<FlagRow> {
  const { kind, owner, expires, description, className, property } = declaration;
  return {
    kind,
    ...(owner !== undefined && { owner }),
    ...(expires !== undefined && { expires }),
    ...(description !== undefined && { description }),
    declaredBy: `${className}.${property}`,
    default: declaration.default,
  };
}

function definedFacts(
  definition: DefinedFlag | undefined,
  { metadata }: DefinedFlags,
): Pick<FlagRow, 'variants' | 'prerequisites' | 'metadata'> & Partial<FlagRow> {
  if (definition === undefined) return { variants: {}, prerequisites: [], metadata: {} };
  const { state, variants, defaultVariant, forced, targeting } = definition;
  return {
    state,
    variants,
    ...(typeof defaultVariant === 'string' && { defaultVariant }),
    ...(forced !== undefined && { forced }),
    ...(targeting !== undefined && { targeting }),
    prerequisites: prerequisitesOf(definition).map(([key]) => key),
    metadata: Object.freeze({ ...metadata, ...definition.metadata }),
  };
}

function findingsOf(
  definition: DefinedFlag | undefined,
  declaration: FlagDeclaration | undefined,
  now: number,
): FlagFinding[] {
  const findings: FlagFinding[] = [];
  if (declaration === undefined) findings.push(definition === undefined ? 'undefined' : 'undeclared');
  if (declaration === undefined) return findings;
  const end = endOf(declaration);
  if (end !== undefined && now >= end) findings.push('expired');
  const isToGo = declaration.kind === 'release' || declaration.kind === 'experiment';
  if (isToGo && end === undefined) findings.push('unending');
  if (definition === undefined) findings.push('undefined');
  else if (isToGo && isSettled(definition, now)) findings.push('settled');
  return findings;
}

/** True when everybody gets the same, and no time will change that. */
function isSettled(definition: DefinedFlag, now: number): boolean {
  const { forced, state, targeting = {}, activeFrom, activeUntil } = definition;
  if (forced !== undefined || state === 'DISABLED') return true;
  if (activeUntil !== undefined && now >= activeUntil.getTime()) return true;
  const isTimed = activeUntil !== undefined || (activeFrom !== undefined && now < activeFrom.getTime());
  return !isTimed && Object.keys(targeting).length === 0 && prerequisitesOf(definition).length === 0;
}
