import type { Clock, ConfigLogger } from '../../core/index.js';
import type { ResourceSecrets } from './live-secrets.js';

/** What a client is made with, its types left out: what is made is handed to the functions that came with it, only. */
export interface Recipe {
  readonly name: string;
  /** The names under which it is given what it needs. */
  readonly needs: readonly string[];
  readonly create: (context: RecipeContext) => unknown;
  readonly probe: (client: unknown, context: { readonly signal: AbortSignal }) => unknown;
  readonly hot: Readonly<Record<string, (client: unknown, value: unknown, settings: unknown) => void>>;
  readonly close: (client: unknown) => unknown;
  readonly lazy: boolean;
  readonly overlap: (settings: unknown) => 'full' | 'shrink';
  /** Milliseconds. */
  readonly probeTimeout: number;
  /** Milliseconds. */
  readonly drainTimeout: number;
}

/** What a {@link Recipe} makes a client from. */
export interface RecipeContext {
  readonly name: string;
  readonly settings: unknown;
  readonly secrets: ResourceSecrets<object>;
  readonly needs: Readonly<Record<string, unknown>>;
  readonly replaces: unknown;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}
