import { createHash } from 'node:crypto';
import { kindOfThrown, option, type ConfigLogger, type OptionKinds } from '../core/index.js';
import type { FlagContext, FlagDecision } from './engine.js';
import type { FlagDeclaration, FlagKind } from './flag.js';

/** A variant that somebody met. Subpath: `uno-config/flags`. */
export interface FlagExposure {
  readonly flag: string;
  readonly variant: string;
  readonly reason: string;
  /** Who asked. */
  readonly targetingKey: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  /** The id of the tenant that the code ran for; absent outside of any. */
  readonly tenant?: string;
  /** The parts of the context that the option `context` names, and that are scalars. */
  readonly context: Readonly<Record<string, string | number | boolean>>;
}

/** How exposures are reported. */
export interface ExposureOptions {
  /** Gets each exposure, while the flag is evaluated: hand it on to a queue. What it throws is logged. */
  readonly to: (exposure: FlagExposure) => void;
  /** The kinds of flags that are reported; default: `['experiment']`. Flags that no class declares are of none. */
  readonly kinds?: readonly FlagKind[];
  /** The share of targeting keys that is reported, from 0 to 1; default 1. The same keys for a flag, wherever it runs. */
  readonly sample?: number;
  /** Names of the context that are handed on; default: none. */
  readonly context?: readonly string[];
  /** How many exposures are remembered, so that each is reported once; default 10,000. */
  readonly remember?: number;
}

export const EXPOSURES = {
  to: option.required(option.callback),
  kinds: option.listOf(option.oneOf('release', 'experiment', 'ops', 'permission')),
  sample: option.kind('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1),
  context: option.listOf(option.name),
  remember: option.count(),
} satisfies OptionKinds<ExposureOptions>;

/** Reports each flag, variant and targeting key once. */
export class Exposures {
  readonly #options: ExposureOptions;
  readonly #logger: ConfigLogger;
  /** The oldest first. */
  readonly #seen = new Set<string>();

  public constructor(options: ExposureOptions, logger: ConfigLogger) {
    this.#options = options;
    this.#logger = logger;
  }

  /** True for flags that are reported. */
  public wants(declaration: FlagDeclaration | undefined): boolean {
    const { kinds = ['experiment'] } = this.#options;
    return declaration !== undefined && kinds.includes(declaration.kind);
  }

  public note(
    flag: string,
    { variant, reason }: FlagDecision,
    context: FlagContext,
    when: { readonly now: number; readonly tenant: string | undefined },
  ): void {
    const { targetingKey } = context;
    if (variant === undefined || targetingKey === undefined) return;
    const { sample = 1, remember = 10_000, context: names = [] } = this.#options;
    const id = `${flag}\0${variant}\0${targetingKey}`;
    if (this.#seen.has(id) || (sample < 1 && shareOf(`${flag}\0${targetingKey}`) >= sample)) return;
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > remember && oldest !== undefined) this.#seen.delete(oldest);
    const { now: time, tenant } = when;
    this.#give({
      ...{ flag, variant, reason, targetingKey, time, ...(tenant !== undefined && { tenant }) },
      context: Object.freeze(picked(context, names)),
    });
  }

  #give(exposure: FlagExposure): void {
    try {
      this.#options.to(Object.freeze(exposure));
    } catch (error) {
      const kind = kindOfThrown(error);
      this.#logger.log({
        level: 'error',
        event: 'config.flags.exposure-failed',
        message: `Reporting an exposure of the flag "${exposure.flag}" failed: it threw ${kind}.`,
        fields: { flag: exposure.flag, kind },
      });
    }
  }
}

function picked(context: FlagContext, names: readonly string[]): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  for (const name of names) {
    const value: unknown = Object.hasOwn(context, name) ? context[name] : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') found[name] = value;
  }
  return found;
}

/** A number from 0 to 1 that is the same for the same text. */
function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
