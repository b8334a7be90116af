// Cases of errors about keysets and the values under them; see error-cases.ts.
import {
  destroyKey,
  generateKeyset,
  Keyset,
  KeysetDocument,
  publicKeyset,
  retireKey,
  scopeHash,
} from '../../src/index.js';

const orders = generateKeyset('orders');

function ordersKeys(usesBefore: ReadonlyMap<string, number> = new Map()): Keyset {
  return Keyset.of(orders, { usesBefore });
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

export const keysetErrorCases = {
  'secret-not-opened': () => throwing(opening('database.password', 'mail.password')),
  'secret-too-large': () =>
    throwing(() => ordersKeys().encrypt(Buffer.alloc(20_000_000), scopeHash({ app: 'orders' }))),
  'no-primary-key': () =>
    throwing(() => Keyset.of(publicKeyset(orders)).encrypt(Buffer.from('swordfish'), scopeHash({ app: 'orders' }))),
  'key-exhausted': () =>
    throwing(() =>
      ordersKeys(new Map([['orders/1', 2 ** 32]])).encrypt(Buffer.from('swordfish'), scopeHash({ app: 'orders' })),
    ),
  'keyset-invalid': () =>
    throwing(() => KeysetDocument.parse(orders.toText().replace('"primary"', '"first"'), 'config/keys.json')),
  'key-not-unwrapped': () => {
    const wrapped = orders.toText().replace(/"k": "[^"]*"/, '"wrapped": { "provider": "vault:orders", "key": "AAAA" }');
    return throwing(() => Keyset.of(KeysetDocument.parse(wrapped)));
  },
  'key-state': () => throwing(() => destroyKey(orders, 'orders/1')),
  'unknown-key-id': () => throwing(() => retireKey(orders, 'orders/7')),
};
