// Cases of errors about keysets and the values under them; see error-cases.ts.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  changeKeyset,
  createKeyset,
  destroyKey,
  developmentKeyring,
  generateKeyset,
  keyFile,
  Keyset,
  KeysetDocument,
  localKeyProvider,
  publicKeyset,
  retireKey,
  scopeHash,
  wrapKeys,
  type KeyProvider,
  type KeyringContext,
} from '../../src/keys.js';
import { whileLocked } from '../../src/security/files/index.js';
import { putKeyset, renamed } from '../security/keysets.js';
import type { ErrorWorld } from './error-cases.js';

const orders = renamed(generateKeyset('orders'));

function ordersKeys(): Keyset {
  return Keyset.of(orders);
}

/** Opens a value at another path than the one it was encrypted for. */
function opening(encryptedFor: string, standsAt: string): () => unknown {
  const keyset = ordersKeys();
  const token = keyset.encrypt(Buffer.from('swordfish'), scopeHash({ app: 'orders', path: encryptedFor }));
  return () => keyset.open(token, [scopeHash({ app: 'orders', path: standsAt })]);
}

async function throwing(action: () => unknown): Promise<unknown> {
  return Promise.resolve().then(action);
}

const context: KeyringContext = {
  environment: 'production',
  env: {},
  signal: new AbortController().signal,
  logger: { log: () => undefined },
};

/** A provider that cannot be reached. */
const away: KeyProvider = {
  ...localKeyProvider({ id: 'vault:orders', variable: 'MASTER_KEY' }),
  wrapKey: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:8200')),
};

export const keysetErrorCases = {
  'secret-not-opened': () => throwing(opening('database.password', 'mail.password')),
  'secret-too-large': () =>
    throwing(() => ordersKeys().encrypt(Buffer.alloc(20_000_000), scopeHash({ app: 'orders' }))),
  'no-primary-key': () =>
    throwing(() => Keyset.of(publicKeyset(orders)).encrypt(Buffer.from('swordfish'), scopeHash({ app: 'orders' }))),
  'keyset-invalid': () =>
    throwing(() => KeysetDocument.parse(orders.toText().replace('"primary"', '"first"'), 'config/keys.json')),
  'key-not-unwrapped': () => {
    const wrapped = orders.toText().replace(/"k": "[^"]*"/, '"wrapped": { "provider": "vault:orders", "key": "AAAA" }');
    return throwing(() => Keyset.of(KeysetDocument.parse(wrapped)));
  },
  'key-not-wrapped': () => wrapKeys(orders, { provider: away }),
  'keyring-unreadable': ({ folder }: ErrorWorld) => keyFile(join(folder, 'config/keys.json')).load(context),
  'keyring-exposed': async ({ folder }: ErrorWorld) => {
    const path = join(folder, 'keys.json');
    await putKeyset(path, orders);
    await chmod(path, 0o644);
    return keyFile(path).load(context);
  },
  'file-locked': async ({ folder }: ErrorWorld) => {
    await writeFile(join(folder, '.keys.json.lock'), '4711-0 0123456789abcdef build-7');
    return whileLocked(join(folder, 'keys.json'), () => Promise.resolve(), { patience: 0 });
  },
  'file-changed': async ({ folder }: ErrorWorld) => {
    const path = join(folder, 'keys.json');
    await createKeyset(path, orders);
    return changeKeyset(path, async ({ document, replace }) => {
      await writeFile(path, orders.toText());
      return replace(document);
    });
  },
  'development-keyring-refused': () => developmentKeyring().load(context),
  'key-state': () => throwing(() => destroyKey(orders, 'orders/1')),
  'unknown-key-id': () => throwing(() => retireKey(orders, 'orders/7')),
};
