import { ConfigError } from '../../core/index.js';
import { takesTopic, type CloudEvent } from '../brokers/index.js';
import type { RouteRule, RoutingSettings } from './routing-settings.js';

/** What we ask of the package `@openfeature/flagd-core`. Subpath: `uno-config/routing`. */
export interface FlagdDriver {
  readonly FlagdCore: new (
    storage: undefined,
    logger: FlagdLogger,
    options: { disableDynamicCodeGeneration: boolean },
  ) => {
    setConfigurations(flags: string): unknown;
    getFlag(key: string): { evaluate(context: object): FlagdAnswer } | undefined;
  };
}

/** What a flag comes to. */
export interface FlagdAnswer {
  readonly reason: string;
  readonly value?: unknown;
}

/** Where the engine writes. */
export type FlagdLogger = Readonly<Record<'error' | 'warn' | 'info' | 'debug', () => void>>;

// Its messages may quote an event.
const SILENT: FlagdLogger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

const NONE = 'none';

/** What becomes of an event. */
export interface RouteDecision {
  /** The names of the rules that applied; none when the event goes to `otherwise`. */
  readonly rules: readonly string[];
  readonly to: readonly string[];
}

/** The verdict of one rule on an event. */
export interface RouteVerdict {
  readonly name: string;
  /** `another-type`: it was not asked; `failed`: its condition cannot be evaluated over this event, and does not apply. */
  readonly verdict: 'applies' | 'does-not-apply' | 'another-type' | 'failed';
}

/** Why an event goes where it does. */
export interface RouteExplanation extends RouteDecision {
  readonly verdicts: readonly RouteVerdict[];
}

type Flag = NonNullable<ReturnType<InstanceType<FlagdDriver['FlagdCore']>['getFlag']>>;

/** The rules that are asked for the events of some types. */
interface Candidates {
  readonly indexes: readonly number[];
  /** Comes to the index of the first that applies; absent where nothing need be evaluated. */
  readonly first: Flag | undefined;
}

/** How many types are remembered: they come with events, which may be anybody's. */
const MOST_TYPES = 1_000;

export class RouteTable {
  readonly #rules: readonly RouteRule[];
  readonly #match: 'first' | 'all';
  /** For what no rule applies to; absent where it goes to the topic of its type. */
  readonly #otherwise: RouteDecision | undefined;
  /** Whether a share of events is drawn by a key. */
  readonly #drawsShares: boolean;
  readonly #decisions: readonly RouteDecision[];
  readonly #conditions = new Map<number, Flag>();
  readonly #byType = new Map<string, Candidates>();
  /** By the indexes of the rules that they are of: there are fewer of them than types. */
  readonly #byIndexes = new Map<string, Candidates>();
  readonly #flag: (targeting: unknown, variants: readonly string[]) => Flag;

  public constructor(
    { rules, match, otherwise, evaluation }: RoutingSettings,
    driver: FlagdDriver | undefined,
    isNowhere = false,
  ) {
    this.#rules = rules;
    this.#match = match;
    this.#otherwise = otherwise.length === 0 && !isNowhere ? undefined : Object.freeze({ rules: [], to: otherwise });
    this.#drawsShares = rules.some(({ when }) => JSON.stringify(when ?? true).includes('"fractional"'));
    this.#decisions = rules.map(({ name, to }) => Object.freeze({ rules: Object.freeze([name]), to }));
    this.#flag = (targeting, variants) => flagOf(driver, evaluation === 'interpreted', targeting, variants);
    for (const [index, { when }] of rules.entries()) {
      if (when === undefined) continue;
      this.#conditions.set(index, this.#flag({ if: [when, 'yes', NONE] }, ['yes', NONE]));
    }
  }

  public decide(event: CloudEvent, key: string | undefined): RouteDecision {
    const { indexes, first } = this.#candidates(event.type);
    if (this.#match === 'all') {
      const context = this.#context(event, key);
      return this.#joined(
        indexes.filter((index) => this.#verdict(index, context) === 'applies'),
        event,
      );
    }
    const [only] = indexes;
    if (only === undefined) return this.#joined([], event);
    const answer = first?.evaluate(this.#context(event, key));
    if (answer === undefined) return this.#decisions[only] ?? this.#joined([], event);
    if (answer.reason !== 'ERROR') return this.#decisions[Number(answer.value)] ?? this.#joined([], event);
    // One of the conditions could not be evaluated: they are asked one by one, so that the others still count.
    const context = this.#context(event, key);
    const applies = indexes.find((index) => this.#verdict(index, context) === 'applies');
    return this.#joined(applies === undefined ? [] : [applies], event);
  }

  public explain(event: CloudEvent, key: string | undefined): RouteExplanation {
    const { indexes } = this.#candidates(event.type);
    const context = this.#context(event, key);
    const verdicts = this.#rules.map(({ name }, index): RouteVerdict => {
      return { name, verdict: indexes.includes(index) ? this.#verdict(index, context) : 'another-type' };
    });
    return { ...this.decide(event, key), verdicts };
  }

  /** What a rule sees: the attributes of the event, and the key under `targetingKey`, by which shares are drawn. */
  #context(event: CloudEvent, key: string | undefined): object {
    if (!this.#drawsShares) return event;
    return { ...event, targetingKey: event.subject ?? key ?? event.partitionkey ?? event.id };
  }

  #verdict(index: number, context: object): RouteVerdict['verdict'] {
    const condition = this.#conditions.get(index);
    if (condition === undefined) return 'applies';
    const { reason, value } = condition.evaluate(context);
    if (reason === 'ERROR') return 'failed';
    return value === 'yes' ? 'applies' : 'does-not-apply';
  }

  #joined(indexes: readonly number[], { type }: CloudEvent): RouteDecision {
    const [only, ...others] = indexes;
    if (only !== undefined && others.length === 0) return this.#decisions[only] ?? { rules: [], to: [type] };
    if (only === undefined) return this.#otherwise ?? { rules: [], to: [type] };
    const decisions = indexes.flatMap((index) => this.#decisions[index] ?? []);
    return {
      rules: decisions.flatMap(({ rules }) => rules),
      to: [...new Set(decisions.flatMap(({ to }) => to))],
    };
  }

  #candidates(type: string): Candidates {
    let candidates = this.#byType.get(type);
    if (candidates !== undefined) return candidates;
    const indexes = this.#rules.flatMap(({ types }, index) => (takesTopic(types, type) ? [index] : []));
    const id = indexes.join();
    candidates = this.#byIndexes.get(id) ?? { indexes, first: this.#first(indexes) };
    this.#byIndexes.set(id, candidates);
    if (this.#byType.size >= MOST_TYPES) this.#byType.clear();
    this.#byType.set(type, candidates);
    return candidates;
  }

  /** One condition that comes to the index of the first rule that applies. */
  #first(indexes: readonly number[]): Flag | undefined {
    const branches: unknown[] = [];
    for (const index of indexes) {
      const { when } = this.#rules[index] ?? {};
      if (when === undefined) {
        if (branches.length === 0) return undefined;
        branches.push(String(index));
        break;
      }
      branches.push(when, String(index));
    }
    if (branches.length === 0) return undefined;
    if (branches.length % 2 === 0) branches.push(NONE);
    return this.#flag({ if: branches }, [...indexes.map(String), NONE]);
  }
}

function flagOf(
  driver: FlagdDriver | undefined,
  isInterpreted: boolean,
  targeting: unknown,
  variants: readonly string[],
): Flag {
  if (driver === undefined) throw new TypeError('A condition needs the engine.');
  const core = new driver.FlagdCore(undefined, SILENT, { disableDynamicCodeGeneration: isInterpreted });
  const named = Object.fromEntries(variants.map((variant) => [variant, variant]));
  core.setConfigurations(
    JSON.stringify({ flags: { route: { state: 'ENABLED', variants: named, defaultVariant: NONE, targeting } } }),
  );
  const flag = core.getFlag('route');
  // One that it cannot read, it answers for with an error: better now than for each event.
  const probe = flag?.evaluate({ targetingKey: 'probe' });
  if (flag !== undefined && !isUnreadable(probe)) return flag;
  throw new ConfigError({
    code: 'rule-engine-refused',
    message: `The rule engine refuses a condition that has the right form${isInterpreted ? '' : ', or may not compile it'}.`,
    recovery: 'Set evaluation to "interpreted", or install a version of @openfeature/flagd-core that is supported.',
  });
}

/** An error of parsing, not of this one context. */
function isUnreadable(answer: (FlagdAnswer & { readonly errorCode?: unknown }) | undefined): boolean {
  return answer?.reason === 'ERROR' && answer.errorCode === 'PARSE_ERROR';
}

function ignore(): void {
  // Discards the log.
}
