import { randomBytes } from 'node:crypto';
import { vaultTransit, type VaultTransitOptions } from '../../../src/security/providers/index.js';
import { httpService, type ServiceAnswer } from './http-service.js';
import { MasterKey } from './master-key.js';
import type { ProviderWorld } from './provider-world.js';

const TOKEN = 'hvs.canary-vault-token-CAESIJ';

interface TransitInput {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly context?: string;
  readonly associated_data?: string;
  readonly bits?: number;
}

/** Vault's transit engine as its HTTP interface shows it. Keys whose names begin with `derived` are derived. */
export async function vaultWorld(more: Partial<VaultTransitOptions> = {}): Promise<ProviderWorld> {
  const { mount = 'transit', namespace, key = 'orders' } = more;
  const keys = new Map([key, 'billing', 'derived-billing'].map((name) => [name, new MasterKey()]));
  const service = await httpService(({ method, path, headers, body }) => {
    if (headers['x-vault-token'] !== TOKEN || headers['x-vault-namespace'] !== namespace)
      return failed(403, 'permission denied');
    const start = `/v1/${mount}/`;
    const [call = '', ...rest] = path.startsWith(start) ? path.slice(start.length).split('/') : [];
    const name = rest.at(-1) ?? '';
    const master = keys.get(name);
    if (call === '') return failed(404, 'no handler for route');
    if (master === undefined)
      return call === 'keys' ? { status: 404, body: { errors: [] } } : failed(400, 'encryption key not found');
    const derived = name.startsWith('derived');
    if (method === 'GET')
      return { body: { data: { name, type: 'aes256-gcm96', derived, latest_version: master.latest } } };
    // What the provider sends is JSON of this shape.
    return transit(master, derived, [call, ...rest.slice(0, -1)].join('/'), JSON.parse(body) as TransitInput);
  });
  const options = { address: `http://127.0.0.1:${String(service.port)}`, token: () => TOKEN, ...more };
  const stranger = more.binding === 'context' ? 'derived-billing' : 'billing';
  return {
    service,
    provider: vaultTransit({ ...options, key, id: 'vault:orders' }),
    stranger: vaultTransit({ ...options, key: stranger, id: 'vault:billing' }),
    rotate: () => keys.get(key)?.rotate(),
    throttled: (secret) => failed(429, secret),
    broken: (secret) => failed(503, `Vault is sealed ${secret}`),
    denied: (secret) => failed(403, `permission denied ${secret}`),
    credential: TOKEN,
  };
}

function transit(master: MasterKey, isDerived: boolean, call: string, input: TransitInput): ServiceAnswer {
  const [context, bound] = [input.context, input.associated_data].map((text = '') => Buffer.from(text, 'base64')) as [
    Buffer,
    Buffer,
  ];
  if (isDerived && context.length === 0) return failed(400, "missing 'context' for key derivation");
  const derive = isDerived ? context : undefined;
  const sealed = (plain: Buffer, data: Buffer): string =>
    `vault:v${String(master.latest)}:${master.encrypt(plain, data, derive).toString('base64')}`;
  const opened = (data: Buffer): Buffer => {
    const [, , text = ''] = (input.ciphertext ?? '').split(':');
    return master.decrypt(Buffer.from(text, 'base64'), data, derive);
  };
  // Neither datakey nor rewrap knows associated data.
  const none = Buffer.alloc(0);
  try {
    switch (call) {
      case 'encrypt':
        return { body: { data: { ciphertext: sealed(Buffer.from(input.plaintext ?? '', 'base64'), bound) } } };
      case 'decrypt':
        return { body: { data: { plaintext: opened(bound).toString('base64') } } };
      case 'rewrap':
        return { body: { data: { ciphertext: sealed(opened(none), none) } } };
      case 'datakey/plaintext': {
        const key = randomBytes((input.bits ?? 256) / 8);
        return { body: { data: { plaintext: key.toString('base64'), ciphertext: sealed(key, none) } } };
      }
      default:
        return failed(404, 'unsupported path');
    }
  } catch {
    return failed(400, 'cipher: message authentication failed');
  }
}

function failed(status: number, error: string): ServiceAnswer {
  return { status, body: { errors: [error] } };
}
