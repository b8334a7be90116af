import type { ResourceHost } from '../../container/index.js';
import type { Clock, ConfigLogger } from '../../core/index.js';
import type { ResourceSecrets } from './live-secrets.js';

/** What a client is made with, its types left out: what is made is handed to the functions that came with it, only. */
export interface Recipe {
  readonly name: string;
  /** The names under which it is given what it needs. */
  readonly needs: readonly string[];
  readonly create: (context: RecipeContext, inside: RecipeInside) => unknown;
  readonly probe: (client: unknown, context: { readonly signal: AbortSignal }) => unknown;
  /** What of a client does not work, though it answers its probe. */
  readonly note?: (client: unknown) => string | undefined;
  /** Makes a client that answers its probe ready for the load of the one in use. */
  readonly warm?: (client: unknown, inUse: unknown, signal: AbortSignal) => Promise<void>;
  readonly hot: Readonly<Record<string, (client: unknown, value: unknown, settings: unknown) => void>>;
  readonly close: (client: unknown) => unknown;
  readonly lazy: boolean;
  /** True for what works for tenants only. */
  readonly isOfTenants?: boolean;
  readonly overlap: (settings: unknown) => 'full' | 'shrink';
  /** Milliseconds. */
  readonly probeTimeout: number;
  /** Milliseconds. */
  readonly drainTimeout: number;
}

export interface RecipeInside {
  readonly host: ResourceHost;
  readonly needs: readonly NeededClient[];
  /** Whose it is, where it is made for one tenant alone. */
  readonly tenant: string | undefined;
}

export interface NeededClient {
  /** What it is made from, as it is now. */
  readonly settings: object | undefined;
  make(signal?: AbortSignal): Promise<unknown>;
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
