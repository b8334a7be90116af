import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import type { SecureValue } from '../../../src/core/index.js';
import { ConfigStore, loadGeneration, type Generation, type LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection, Secure } from '../../../src/sections/index.js';
import {
  accessPolicy,
  destroyKey,
  Keyset,
  retireKey,
  scopeHash,
  type AccessRecord,
  type KeysetDocument,
} from '../../../src/security/index.js';
import { generateKeyset, rotateKey } from '../../security/keysets.js';

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ level: 'sealed', audit: 'best-effort' }) readonly signingKey!: SecureValue<Buffer>;
  @Secure({ level: 'sealed', as: 'text' }) readonly apiKey!: SecureValue<string>;
  @Secure({ level: 'encrypt' }) readonly password!: SecureValue<string>;
  @IsInt() readonly retries: number = 3;
}

const before = generateKeyset('orders');
const rotated = rotateKey(rotateKey(before, 'encrypt'), 'seal');
const after = ['orders/1', 'orders/2'].reduce((next, kid) => destroyKey(retireKey(next, kid), kid), rotated);

/** A service whose keys and values a test moves on, and a hold on its first keyset that keeps nothing alive. */
class Service {
  #keyset: Keyset;
  #values: object = {};
  readonly firstKeys: WeakRef<Keyset>;
  readonly records: AccessRecord[] = [];
  readonly options: LoadOptions = {
    sections: [PaymentSettings],
    sources: [{ load: () => this.#values }],
    environment: 'test',
    env: {},
    secrets: {
      app: 'orders',
      keyring: { name: 'in memory', load: async () => Promise.resolve(this.#keyset) },
      access: accessPolicy([{ effect: 'allow', paths: ['**'], rights: ['use'] }]),
      audit: { record: async (entry) => Promise.resolve(void this.records.push(entry)) },
    },
  };

  constructor() {
    this.#keyset = Keyset.of(before);
    this.firstKeys = new WeakRef(this.#keyset);
    this.say('sk-1');
  }

  say(apiKey: string, more: object = {}): void {
    const sealed = (path: string, text: string): string =>
      this.#keyset.seal(Buffer.from(text), scopeHash({ app: 'orders', environment: 'test', path }));
    const path = 'payment.password';
    const password = this.#keyset.encrypt(Buffer.from('p'), scopeHash({ app: 'orders', environment: 'test', path }));
    const signingKey = sealed('payment.signingKey', 'signs');
    this.#values = { payment: { signingKey, apiKey: sealed('payment.apiKey', apiKey), password, ...more } };
  }

  take(document: KeysetDocument): void {
    this.#keyset = Keyset.of(document);
  }

  load(previous?: Generation): Promise<Generation> {
    return loadGeneration(this.options, previous === undefined ? {} : { previous });
  }

  /** Loads once more, and makes what comes of it the generation in use. */
  async use(previous: Generation): Promise<Generation> {
    const [store, next] = [new ConfigStore(previous), await this.load(previous)];
    if (next.number === previous.number) store.refresh(next);
    else store.commit(next);
    return store.current;
  }

  /** True when nothing in the process holds the first keys any more. Two collections find what one leaves for the next. */
  async hasLostFirstKeys(): Promise<boolean> {
    for (let turn = 0; turn < 3 && this.firstKeys.deref() !== undefined; turn++) {
      await nextTurn();
      collectGarbage();
    }
    return this.firstKeys.deref() === undefined;
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function opened(generation: Generation): readonly string[] {
  const { signingKey, apiKey, password } = generation.get(PaymentSettings);
  return [signingKey.use(String), apiKey.use(String), password.use(String)];
}

describe('keys that were taken away', () => {
  it('are let go of by values that are in use, which open with the new ones', async () => {
    const service = new Service();
    const first = await service.load();
    expect(opened(first)).toEqual(['signs', 'sk-1', 'p']);
    service.take(after);
    service.say('sk-1');
    const again = await service.use(first);
    expect(again.instances).toBe(first.instances);
    expect(opened(first)).toEqual(['signs', 'sk-1', 'p']);
    expect(await service.hasLostFirstKeys()).toBe(true);
    expect(service.records.map(({ kid }) => kid)).toEqual(['orders/2', 'orders/4']);
  });

  it('are let go of, too, where the section was made anew for another reason', async () => {
    const service = new Service();
    const first = await service.load();
    service.take(after);
    service.say('sk-1', { retries: 4 });
    const second = await service.use(first);
    expect([second.instances === first.instances, opened(first), opened(second)]).toEqual([
      false,
      ['signs', 'sk-1', 'p'],
      ['signs', 'sk-1', 'p'],
    ]);
    expect(await service.hasLostFirstKeys()).toBe(true);
  });

  it('stay with values of a reload that is rejected, and with an older generation whose value was another', async () => {
    const service = new Service();
    const first = await service.load();
    service.take(after);
    service.say('sk-1', { retries: 'many' });
    await expect(service.load(first)).rejects.toThrow('retries');
    expect([opened(first), await service.hasLostFirstKeys()]).toEqual([['signs', 'sk-1', 'p'], false]);
    service.say('sk-2');
    const second = await service.load(first);
    expect([opened(first)[1], opened(second)[1], await service.hasLostFirstKeys()]).toEqual(['sk-1', 'sk-2', false]);
  });
});
