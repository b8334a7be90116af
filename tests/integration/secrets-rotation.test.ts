import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { IsString } from 'class-validator';
import { Container } from 'inversify';
import {
  ConfigEvents,
  ConfigModule,
  ConfigSection,
  ConfigStore,
  ReloadService,
  Secure,
  yamlFile,
  type ConfigSource,
  type SecureValue,
} from '../../src/index.js';
import { accessPolicy } from '../../src/access.js';
import {
  destroyKey,
  keyFile,
  Keyset,
  retireKey,
  rotateSecrets,
  scopeHash,
  type Keyring,
  type KeysetDocument,
} from '../../src/keys.js';
import { generateKeyset, putKeyset, rotateKey } from '../security/keysets.js';
import { temporaryFolder } from '../sources/file-fixtures.js';

@ConfigSection('payment')
class PaymentSettings {
  @IsString() readonly provider: string = 'none';
  @Secure({ level: 'encrypt' }) readonly password!: SecureValue<string>;
  @Secure({ level: 'sealed' }) readonly key!: SecureValue<Buffer>;
}

const access = accessPolicy([{ effect: 'allow', paths: ['payment.key'], rights: ['use'] }]);
const running: ReloadService[] = [];

afterEach(async () => {
  for (const reloads of running.splice(0)) await reloads.close();
});

/** Resolves with the next thing that is noted and fits. */
class Sightings<T> {
  readonly #waiting = new Set<(seen: T) => void>();

  note(seen: T): T {
    for (const look of this.#waiting) look(seen);
    return seen;
  }

  next(fits: (seen: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      const look = (seen: T): void => {
        if (!fits(seen)) return;
        this.#waiting.delete(look);
        resolve(seen);
      };
      this.#waiting.add(look);
    });
  }
}

/** A service whose keys and file stand on the disk, which is watched. */
async function start(document: KeysetDocument) {
  const folder = await temporaryFolder();
  const [keys, file] = [join(folder, 'keys.json'), join(folder, 'app.yaml')];
  const keyset = Keyset.of(document);
  const cfg = (key: string): string => scopeHash({ app: 'orders', environment: 'production', path: `payment.${key}` });
  await putKeyset(keys, document);
  const password = keyset.encrypt(Buffer.from('swordfish'), cfg('password'));
  const sealed = keyset.seal(Buffer.from('pk-1'), cfg('key'));
  await writeFile(file, `payment:\n  provider: acme\n  password: '${password}'\n  key: '${sealed}'\n`);

  const [keysets, reads] = [new Sightings<Keyset>(), new Sightings<string>()];
  const [ring, source] = [keyFile(keys), yamlFile(file)];
  const keyring: Keyring = { ...ring, load: async (context) => keysets.note(await ring.load(context)) };
  const watched: ConfigSource = {
    ...source,
    load: async (context) => {
      const result = await source.load(context);
      reads.note(await readFile(file, 'utf8'));
      return result;
    },
  };
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [PaymentSettings],
      sources: [watched],
      secrets: { keyring, app: 'orders', access },
      environment: 'production',
      env: {},
      reload: { watch: true, pollInterval: '20ms', debounce: '1ms' },
    }),
  );
  const reloads = container.get(ReloadService);
  running.push(reloads);
  const events: string[] = [];
  container.get(ConfigEvents).on((event) => void events.push(event.type));
  return { container, keys, file, keysets, reads, reloads, events };
}

describe('a rotation under a running service', () => {
  it('is picked up without a restart: every value stays readable, nothing is published, and old keys can go', async () => {
    const first = generateKeyset('orders');
    const { container, keys, file, keysets, reads, reloads, events } = await start(first);
    const handedOut = container.get(PaymentSettings);
    const readable = async (): Promise<void> => {
      // Whatever the service has noticed is done when this is.
      const outcome = await reloads.reload('to wait for the reload under way');
      expect(outcome.status).toBe('unchanged');
      for (const { password, key } of [handedOut, container.get(PaymentSettings)]) {
        expect([password.use((text) => text), key.use((bytes) => bytes.toString())]).toEqual(['swordfish', 'pk-1']);
      }
    };
    await readable();

    const rotated = rotateKey(rotateKey(first, 'encrypt'), 'seal');
    const newKeys = keysets.next((keyset) => keyset.keys.length === 4);
    await putKeyset(keys, rotated);
    const keyset = await newKeys;
    await readable();

    const before = await readFile(file, 'utf8');
    const newFile = reads.next((text) => text !== before);
    expect((await rotateSecrets({ files: [file], keyset })).rotated).toBe(2);
    await newFile;
    await readable();

    const gone = ['orders/1', 'orders/2'].reduce((document, kid) => destroyKey(retireKey(document, kid), kid), rotated);
    const lastKeys = keysets.next(({ keys: held }) => held.length === 2);
    await putKeyset(keys, gone);
    await lastKeys;
    await readable();

    expect([new Set(events), container.get(ConfigStore).current.number]).toEqual([new Set(['ConfigUnchanged']), 1]);
  });
});
