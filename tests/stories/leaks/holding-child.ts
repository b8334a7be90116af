// A service that holds secrets, in a process of its own: its memory is looked at from outside. It never sees the canary
// but through its sources. Arguments: the keyset, the settings, where the heap snapshot goes.
import { readFile } from 'node:fs/promises';
import v8 from 'node:v8';
import { MinLength } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigSection, jsonFile, Secure, type SecureValue } from '../../../src/index.js';
import { accessPolicy } from '../../../src/access.js';
import { Keyset, KeysetDocument } from '../../../src/security/index.js';

const [keysetFile = '', settingsFile = '', snapshotFile = ''] = process.argv.slice(2);

@ConfigSection('vault')
class VaultSettings {
  @Secure({ level: 'encrypt', optional: true }) @MinLength(3) encrypted?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true }) url?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) sealed?: SecureValue<Buffer>;
}

const keyset = Keyset.of(KeysetDocument.parse(await readFile(keysetFile, 'utf8')));
const container = new Container();
await container.loadAsync(
  ConfigModule.fromOptions({
    sections: [VaultSettings],
    sources: [jsonFile(settingsFile)],
    secrets: {
      keyring: { name: 'keyring', load: async () => Promise.resolve(keyset) },
      app: 'orders',
      access: accessPolicy([{ effect: 'allow', paths: ['vault.sealed'], rights: ['use'] }]),
    },
    environment: 'test',
    env: {},
  }),
);
const settings = container.get(VaultSettings);
// Used, as a service would.
settings.encrypted?.use((text) => text.length);
settings.sealed?.use((bytes) => bytes.readUInt8(0));
await settings.sealed?.useAsync(async (bytes) => Promise.resolve(bytes.length));
if (snapshotFile !== '') v8.writeHeapSnapshot(snapshotFile);
process.stdout.write('ready\n');
// Alive until whoever looks at it has seen enough.
process.stdin.resume();
