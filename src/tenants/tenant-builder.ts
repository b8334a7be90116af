import { type ConfigError, type ConfigLogger, guardLogger, silentLogger } from '../core/index.js';
import { buildTenant, type BuiltTenant, type Generation, type LoadOptions } from '../runtime/index.js';
import type { LiveTenant, TenantInputs } from './live-tenant.js';
import { readDocument, type TenantDocument } from './tenant.js';
import type { TenantCopies } from './tenant-copies.js';
import type { TenantDocuments } from './tenant-documents.js';
import type { TenantRules } from './tenant-rules.js';

/** What tenants are made from. */
export interface TenantParts {
  readonly base: { readonly store: { readonly current: Generation }; readonly options: LoadOptions };
  readonly documents: TenantDocuments;
  readonly rules: TenantRules;
  /** The last known good, where it is kept. */
  readonly copies?: TenantCopies | undefined;
}

/** Makes the settings of tenants from the current base, documents and rules. */
export class TenantBuilder {
  public readonly logger: Required<ConfigLogger>;
  readonly #parts: TenantParts;

  public constructor(parts: TenantParts) {
    this.#parts = parts;
    this.logger = guardLogger(parts.base.options.logger ?? silentLogger);
  }

  /** What a tenant would be made from now; `undefined` for one without a document. */
  public async inputs(id: string): Promise<TenantInputs | undefined> {
    const { base, documents, rules } = this.#parts;
    const found = await documents.find(id);
    return found && { base: base.store.current, found, rules: rules.state };
  }

  /** Whether nothing has moved since. */
  public async isCurrent(id: string, inputs: TenantInputs): Promise<boolean> {
    const now = await this.inputs(id);
    return now !== undefined && isSame(now, inputs);
  }

  public async build(
    id: string,
    { facts, layers }: TenantDocument,
    { base }: TenantInputs,
    before?: BuiltTenant,
  ): Promise<BuiltTenant> {
    const { rules, base: on } = this.#parts;
    const plan = rules.layersOf(facts.plan);
    const { ceilings } = rules.state;
    return buildTenant({ tenant: id, base, plan, layers, ceilings, options: on.options, before });
  }

  public logQuarantine(tenant: string, message: string, { code }: ConfigError): void {
    this.#log('error', 'config.tenant.quarantined', message, { tenant, code });
  }

  /** The settings of a tenant have been made. */
  public accept(live: LiveTenant): void {
    const { copies } = this.#parts;
    const { found } = live.inputs;
    live.restoredAt = copies?.restoredAt(found);
    copies?.keep(live.id, found);
    this.#logClamps(live);
  }

  #logClamps({ id, built: { clamps } }: LiveTenant): void {
    if (clamps.length === 0) return;
    const paths = clamps.map(({ path }) => path);
    const message = `Settings of a tenant are held at the ceiling: ${paths.join(', ')}.`;
    this.#log('warn', 'config.tenant.clamped', message, { tenant: id, paths });
  }

  #log(level: 'warn' | 'error', event: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.logger.log({ level, event, message, fields });
  }
}

/** The same inputs come to the same settings. */
export function isSame(one: TenantInputs, other: TenantInputs): boolean {
  return one.base === other.base && one.found === other.found && one.rules === other.rules;
}

/**
 * The content of a document. For one that is bad now, its last good content.
 *
 * @throws ConfigError `invalid-tenant`, or what is wrong with one that was never good.
 */
export function readUsable(id: string, { layers, bad }: TenantInputs['found']): TenantDocument {
  if (bad !== undefined && layers.length === 0) throw bad;
  return readDocument(id, layers);
}
