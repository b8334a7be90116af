import {
  vaultLease,
  type VaultLeaseOptions,
  vaultSource,
  type VaultSourceOptions,
} from '../../../src/sources/remote/vault/index.js';
import type { CloudKind, CloudReply } from './cloud-world.js';

export const VAULT_TOKEN = 'hvs.canary-token-CAESIJ';

/** A KV engine as Vault 1.17 answers: <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2>. */
export const fakeVault: CloudKind = {
  reply: ({ method, path, query, headers }, { document, version }): CloudReply => {
    if (headers['x-vault-token'] !== VAULT_TOKEN) return denied();
    if (headers['x-vault-request'] !== 'true') return { status: 412, body: { errors: [] } };
    if (method !== 'GET' || path !== '/v1/secret/data/apps/orders') return { status: 404, body: { errors: [] } };
    const asked = query.get('version') ?? String(version);
    if (asked !== String(version)) return { status: 404, body: { errors: [] } };
    const metadata = {
      created_time: '2026-11-28T08:00:00.123456789Z',
      custom_metadata: null,
      deletion_time: document === undefined ? '2026-11-28T09:30:00.5Z' : '',
      destroyed: false,
      version,
    };
    const data = { data: document ?? null, metadata };
    return { status: document === undefined ? 404 : 200, body: vaultBody({ data }) };
  },
  source: (port) => vaultOn(port, { plain: true }),
};

export function vaultOn(port: number, more: Partial<VaultSourceOptions> = {}): ReturnType<typeof vaultSource> {
  return vaultSource({
    address: `http://127.0.0.1:${String(port)}`,
    token: () => VAULT_TOKEN,
    path: 'apps/orders',
    ...more,
  });
}

/** The envelope that every answer of Vault has. */
export function vaultBody(more: object): object {
  return {
    request_id: '6cf8ea26-2d9b-3f5a-dd0b-3f4b4ab0f2d5',
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: null,
    wrap_info: null,
    warnings: null,
    auth: null,
    mount_type: 'kv',
    ...more,
  };
}

function denied(): CloudReply {
  return { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } };
}

/** A lease that the fake has given. */
export interface FakeLease {
  readonly id: string;
  readonly user: string;
  /** In seconds of the clock. */
  readonly since: number;
  ends: number;
}

/** A database engine, as Vault answers: <https://developer.hashicorp.com/vault/api-docs/secret/databases>. */
export class FakeLeases implements CloudKind {
  public readonly leases: FakeLease[] = [];
  /** In seconds, as a role has them. */
  public ttl = 60;
  public maxTtl = 140;
  public renewable = true;
  readonly #now: () => number;
  readonly #nameOf: (user: string) => string;
  readonly #create: (user: string, password: string) => Promise<void>;

  /** @param now in seconds */
  public constructor(
    now: () => number,
    create: (user: string, password: string) => Promise<void> = async () => Promise.resolve(),
    nameOf: (user: string) => string = (user) => user,
  ) {
    this.#now = now;
    this.#create = create;
    this.#nameOf = nameOf;
  }

  public readonly reply: CloudKind['reply'] = async ({ method, path, headers, body }) => {
    if (headers['x-vault-token'] !== VAULT_TOKEN) return denied();
    if (path === '/v1/database/creds/orders' && method === 'GET') return { body: await this.#issue() };
    if (path === '/v1/sys/leases/renew' && method === 'POST') {
      // What the source sends is JSON of this shape.
      return this.#renew(JSON.parse(body) as { lease_id: string; increment: number });
    }
    return { status: 404, body: { errors: [] } };
  };

  public readonly source: CloudKind['source'] = (port) => leaseOn(port);

  async #issue(): Promise<object> {
    const number = this.leases.length + 1;
    const [user, password] = [`v-orders-${String(number)}`, `canary-password-${String(number)}`];
    await this.#create(user, password);
    const since = this.#now();
    const id = `database/creds/orders/${String(number)}`;
    this.leases.push({ id, user, since, ends: since + this.ttl });
    return vaultBody({
      lease_id: id,
      renewable: this.renewable,
      lease_duration: this.ttl,
      data: { username: this.#nameOf(user), password },
      mount_type: 'database',
    });
  }

  #renew({ lease_id: id, increment }: { readonly lease_id: string; readonly increment: number }): CloudReply {
    const lease = this.leases.find((one) => one.id === id);
    const now = this.#now();
    if (lease === undefined || lease.ends <= now) return { status: 400, body: { errors: ['lease not found'] } };
    const duration = Math.max(0, Math.min(increment, lease.since + this.maxTtl - now));
    lease.ends = now + duration;
    const warnings = duration < increment ? ['TTL of lease capped at its max TTL'] : null;
    return { body: vaultBody({ lease_id: id, renewable: true, lease_duration: duration, warnings, data: null }) };
  }
}

export function leaseOn(port: number, more: Partial<VaultLeaseOptions> = {}): ReturnType<typeof vaultLease> {
  return vaultLease({
    address: `http://127.0.0.1:${String(port)}`,
    token: () => VAULT_TOKEN,
    path: 'database/creds/orders',
    at: 'orders.db',
    fields: { username: 'user', password: 'password' },
    ...more,
  });
}
