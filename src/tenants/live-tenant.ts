import { inspect } from 'node:util';
import { ConfigError, type ConfigLogger, thrownInWords } from '../core/index.js';
import { type BuiltTenant, ConfigStore, type Generation, makeCurrent, replacedIn } from '../runtime/index.js';
import type { Cached } from './clock-cache.js';
import type { Tenant, TenantDocument } from './tenant.js';
import type { FoundDocument } from './tenant-documents.js';

/** Something that has moved for all tenants, such as the base. */
export interface CommonMove {
  readonly reason: string;
}

/** What the settings of a tenant are made from: the same objects come to the same settings. */
export interface TenantInputs {
  readonly base: Generation;
  readonly found: FoundDocument;
  /** The state of plans and ceilings. */
  readonly rules: object;
}

/** A call for a tenant: to its end it reads one generation. */
export interface Run {
  readonly live: LiveTenant;
  readonly generation: Generation;
}

/** A tenant whose settings are made and kept current. */
export class LiveTenant implements Cached {
  public readonly id: string;
  public readonly store: ConfigStore;
  /** Stays current for its holders. */
  public readonly tenant: Tenant;
  public isRecent = true;
  /** Whether it is served. */
  public isActive = true;
  /** The number of containers based on it. */
  public users = 0;
  /** Whether a caller has just awaited it, and is about to use it. */
  public isAwaited = false;
  /** Why the settings do not match the current document and base. */
  public problem: ConfigError | undefined;
  /** When the last known good was written that its document comes from, in milliseconds since 1970. */
  public restoredAt: number | undefined;
  /** What the settings were made from. */
  public document: TenantDocument;
  public inputs: TenantInputs;
  public built: BuiltTenant;
  /** What has moved last for all tenants, of what this one has followed. */
  public followed: CommonMove | undefined;
  #run: Run;
  /** While it is being brought up to date. */
  public following: Promise<void> | undefined;

  /** How much room it takes, estimated. */
  public bytes: number;

  public constructor(id: string, document: TenantDocument, from: TenantInputs, built: BuiltTenant) {
    this.id = id;
    this.document = document;
    this.inputs = from;
    this.built = built;
    this.store = new ConfigStore(built.generation);
    this.#run = { live: this, generation: built.generation };
    this.bytes = estimate(document, built.generation, from.base);
    this.tenant = tenantView(id, () => this.document.facts);
  }

  /** What a call reads that begins now: one object for all calls that read the same generation. Asked for each call. */
  public get run(): Run {
    return this.#run;
  }

  /** Makes a generation current; one with the same number only has other origins. */
  public move(generation: Generation, logger: ConfigLogger): void {
    const moved = (): void => {
      this.#run = { live: this, generation };
    };
    if (generation.number !== this.store.current.number) {
      makeCurrent(this.store, { generation, moved, logger, tenant: this.id });
      return;
    }
    this.store.refresh(generation);
    moved();
  }

  public get isHeld(): boolean {
    return this.users > 0 || this.isAwaited;
  }

  /** Takes what it was made from; the settings themselves move in the store. The answer is how much it has grown. */
  public take(document: TenantDocument, from: TenantInputs, built: BuiltTenant): number {
    this.document = document;
    this.isActive = document.facts.state === 'active';
    this.inputs = from;
    this.built = built;
    this.problem = undefined;
    const before = this.bytes;
    this.bytes = estimate(document, built.generation, from.base);
    return this.bytes - before;
  }
}

/** A tenant that reads its facts whenever a property is read. */
export function tenantView(id: string | (() => string), facts: () => Omit<Tenant, 'id'>): Tenant {
  const view: Tenant = {
    get id() {
      return typeof id === 'string' ? id : id();
    },
    get identifier() {
      return facts().identifier;
    },
    get state() {
      return facts().state;
    },
    get plan() {
      return facts().plan;
    },
    get attributes() {
      return facts().attributes;
    },
  };
  // console.log shows getters as [Getter].
  Object.defineProperty(view, inspect.custom, { value: () => shown(view) });
  return Object.freeze(view);
}

/** A copy; outside of any tenant, where nothing can be read, the code of the error. */
function shown(view: Tenant): object | string {
  try {
    return { ...view };
  } catch (error) {
    return `Tenant { <${ConfigError.is(error) ? error.code : thrownInWords(error)}> }`;
  }
}

const BYTES_FOR_ALL = 4_000;
const BYTES_OF_A_VALUE = 150;
const BYTES_OF_A_SECTION = 1_000;

/** A rough number that is the same for the same settings: measured once, and made of what is counted without a look at it. */
function estimate({ layers }: TenantDocument, current: Generation, base: Generation): number {
  const own = replacedIn(base, current).length;
  const values = layers.reduce((sum, { tree }) => sum + countValues(tree), 0);
  return BYTES_FOR_ALL + current.entries.length * 8 + values * BYTES_OF_A_VALUE + own * BYTES_OF_A_SECTION;
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, below) => sum + countValues(below), 1);
}
