import {
  type Clock,
  ConfigError,
  type ConfigSource,
  isConfigMap,
  option,
  type OptionKinds,
  readOptions,
} from '../../../core/index.js';
import {
  type CloudAnswer,
  cloudSource,
  nothingThere,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  unusable,
} from '../cloud/index.js';
import { SharedWork } from '../shared-work.js';
import { VAULT_OPTIONS, VaultClient, type VaultOptions, vaultPath } from '../../../security/index.js';
import { askVault, notVault, VAULT_LIMITS, type VaultAnswer } from './vault-connection.js';

/** What {@link vaultLease} takes. */
export interface VaultLeaseOptions extends VaultOptions, Omit<SecretStoreOptions, 'poll'> {
  /** What makes the credential: `database/creds/orders`, or `database/static-creds/orders`. */
  readonly path: string;
  /**
   * Which fields of the credential become which settings below `at`: `{ username: 'user', password: 'password' }`. Default:
   * all of them, under their own names.
   */
  readonly fields?: Readonly<Record<string, string>>;
}

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  ...VAULT_OPTIONS,
  path: option.required(option.name),
  fields: option.map,
} satisfies OptionKinds<VaultLeaseOptions & { readonly poll?: never }>;

/** A lease is renewed, or asked for anew, after this part of it. */
const USED = 2 / 3;
/** A renewal that brings less than this part of what it did at first meets the lease's longest life. */
const WORTH = 1 / 2;
/** What Vault says of a static credential besides the credential. */
const NO_FIELDS = new Set(['ttl', 'rotation_period', 'rotation_schedule', 'rotation_window', 'last_vault_rotation']);

/** A credential that is in use. Times are monotonic, in milliseconds. */
interface Lease {
  /** Empty for a static credential, which Vault rotates by itself. */
  readonly id: string;
  readonly data: VaultAnswer;
  /** How long it lasted when it was new. */
  readonly span: number;
  readonly renewable: boolean;
  /** Counts them, and is the revision. */
  readonly number: number;
  readonly ends: number;
  readonly due: number;
}

/**
 * A credential that Vault makes for this program, such as the user of a database. It is renewed at two thirds of its lease,
 * and asked for anew before its longest life ends; what it becomes are settings, so a pool that is made from them is
 * replaced under its callers. The lease before is left to end by itself, while the old pool is drained. The field `username`
 * is no secret, the others are unless `plain` names them. A policy needs `read` on the path, and `update` on
 * `sys/leases/renew`, which Vault's default policy has. Subpath: `uno-config/sources/vault`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` where there is no such
 *   role, `source-failed`.
 * @example
 * ```ts
 * const source = vaultLease({
 *   address: 'https://vault.internal:8200',
 *   token: () => process.env['VAULT_TOKEN'] ?? '',
 *   path: 'database/creds/orders',
 *   at: 'orders.db',
 *   fields: { username: 'user', password: 'password' },
 * });
 * ```
 */
export function vaultLease(options: VaultLeaseOptions): ConfigSource {
  const read = readOptions<VaultLeaseOptions & { readonly poll?: never }, typeof OPTIONS>(
    'vaultLease',
    options,
    OPTIONS,
  );
  const { fields } = read;
  const path = vaultPath('vaultLease: path', read.path);
  const vault = new VaultClient('vaultLease', options, VAULT_LIMITS);
  let lease: Lease | undefined;
  /** Two loads at once make one credential. */
  const asking = new SharedWork<Lease>();
  return cloudSource(read, {
    name: `vault ${path}`,
    read: async ({ source, clock, signal }) => {
      const held = await asking.join(signal, async (ended) => {
        return (lease = await nextLease(vault, { source, path, lease, clock, signal: ended }));
      });
      const next = Math.max(1, Math.round(held.due - clock.monotonic()));
      return { values: valuesOf(held, fields), revision: held.number, next } satisfies CloudAnswer;
    },
    close: () => {
      vault.close();
    },
  });
}

interface LeaseRequest {
  readonly source: string;
  readonly path: string;
  readonly lease: Lease | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function nextLease(vault: VaultClient, request: LeaseRequest): Promise<Lease> {
  const { lease, clock } = request;
  const now = clock.monotonic();
  if (lease !== undefined && now < lease.due) return lease;
  if (lease === undefined || now >= lease.ends || !lease.renewable) return fresh(vault, request);
  return (await renewed(vault, lease, request)) ?? fresh(vault, request);
}

/** The same credential for longer; nothing when it has to be another one. */
async function renewed(
  vault: VaultClient,
  lease: Lease,
  { source, clock, signal }: LeaseRequest,
): Promise<Lease | undefined> {
  const body = { lease_id: lease.id, increment: Math.round(lease.span / 1_000) };
  const since = clock.monotonic();
  const renewal = { source, path: 'sys/leases/renew', capability: 'update', body, signal } as const;
  const answer = await askVault(vault, renewal).catch((error: unknown) => {
    // It is revoked or over, or may not be renewed; whether anything is allowed, the next request shows.
    if (ConfigError.is(error) && ['source-failed', 'source-refused'].includes(error.code)) return undefined;
    throw error;
  });
  const span = Number(answer?.['lease_duration']) * 1_000;
  if (!(span >= lease.span * WORTH)) return undefined;
  return { ...lease, due: since + span * USED, ends: since + span };
}

async function fresh(vault: VaultClient, { source, path, lease, clock, signal }: LeaseRequest): Promise<Lease> {
  const since = clock.monotonic();
  const answer = await askVault(vault, { source, path, capability: 'read', signal });
  const data = answer?.['data'];
  if (!isConfigMap(data)) {
    if (answer === undefined || 'errors' in answer) throw nothingThere(source, 'there is no such role');
    throw notVault(source);
  }
  const { lease_id: id, lease_duration: duration, renewable } = answer ?? {};
  if (typeof id === 'string' && id !== '' && Number(duration) > 0) {
    const span = Number(duration) * 1_000;
    return {
      ...{ id, data, span, renewable: renewable === true, number: (lease?.number ?? 0) + 1 },
      ...{ due: since + span * USED, ends: since + span },
    };
  }
  const left = Number(data['ttl']) * 1_000;
  if (!(left >= 0)) {
    const recovery = 'Name the path of credentials, such as database/creds/orders; a secret is read with vaultSource.';
    throw unusable(source, 'it is no lease', recovery);
  }
  const isSame = JSON.stringify(lease?.data['last_vault_rotation']) === JSON.stringify(data['last_vault_rotation']);
  const number = lease !== undefined && isSame ? lease.number : (lease?.number ?? 0) + 1;
  // Vault rotates it when its time is up, and not before.
  return { id: '', data, span: left, renewable: false, number, due: since + left + 1_000, ends: since + left };
}

function valuesOf(
  { data, number }: Lease,
  fields: Readonly<Record<string, unknown>> | undefined,
): CloudAnswer['values'] {
  const wanted = fields ?? Object.fromEntries(Object.keys(data).map((field) => [field, field]));
  return Object.entries(wanted).flatMap(([field, name]) =>
    NO_FIELDS.has(field) || data[field] === undefined
      ? []
      : [
          {
            path: [String(name)],
            value: data[field],
            key: field,
            version: String(number),
            isSecret: field !== 'username',
          },
        ],
  );
}
