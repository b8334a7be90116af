// Secrets: encrypted for their place, masked in whatever is printed, and sealed for one class.
//
//   npm run sample -- secrets
import { createHmac } from 'node:crypto';
import { Container, injectable } from 'inversify';
import { MinLength } from 'class-validator';
import { ConfigError, ConfigModule, ConfigSection, ConfigStore, InjectSecret, object, Secure } from 'uno-config';
import type { SecretHandle, SecureValue } from 'uno-config';
import { generateKeyset, Keyset, scopeHash } from 'uno-config/keys';
import { settingsTable } from 'uno-config/observability';

@ConfigSection('database')
class DatabaseSettings {
  @Secure({ level: 'encrypt' }) @MinLength(8) public readonly password!: SecureValue<string>;
}

/** The only class that may use the signing key: the settings name it, and the container hands it the key. */
@injectable()
class PaymentClient {
  public constructor(@InjectSecret(() => PaymentSettings, 'signingKey') private readonly key: SecretHandle<Buffer>) {}

  public sign(text: string): string {
    // The key is decrypted for this call and zeroed after it.
    return this.key.use((key) => createHmac('sha256', key).update(text).digest('hex').slice(0, 12));
  }
}

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ level: 'sealed', readers: () => [PaymentClient] }) public readonly signingKey!: SecureValue<Buffer>;
}

// A service has them in a file, keyFile('/run/secrets/orders-keys.json'); `uno-config keys generate` makes it.
const keyset = Keyset.of(generateKeyset('orders'));
const keyring = { name: 'keys of this sample', load: () => Promise.resolve(keyset) };

// What `uno-config encrypt` and `uno-config seal` write into a file. A value opens at its own place only.
const scope = (path: string): string => scopeHash({ app: 'orders', environment: 'production', path });
const password = keyset.encrypt(Buffer.from('correct horse'), scope('database.password'));
const signingKey = keyset.seal(Buffer.from('a key that signs nothing'), scope('payment.signingKey'));

async function load(values: object): Promise<Container> {
  const container = new Container();
  container.bind(PaymentClient).toSelf();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [DatabaseSettings, PaymentSettings],
      sources: [object(values)],
      environment: 'production',
      secrets: { keyring, app: 'orders' },
    }),
  );
  return container;
}

const container = await load({ database: { password }, payment: { signingKey } });
console.log(settingsTable(container.get(ConfigStore).describe()));

const database = container.get(DatabaseSettings);
console.log(`As a string it is ${String(database.password)}, as JSON ${JSON.stringify(database)}.`);
console.log(`It has ${String(database.password.use((text) => text.length))} characters.`);
console.log(`The client signs: ${container.get(PaymentClient).sign('12 EUR')}.`);
await container.unbindAllAsync();

// Copied to another place, a value does not open.
try {
  await load({ database: { password: signingKey }, payment: { signingKey } });
} catch (error) {
  if (!ConfigError.is(error)) throw error;
  console.log(`\n${error.message}`);
}

/* prints:
setting             value     from
-------             -----     ----
database.password   [secure]  database.password (object)
payment.signingKey  [secure]  payment.signingKey (object)

As a string it is [secure], as JSON {"password":"[secure]"}.
It has 13 characters.
The client signs: 519c63a86492.

1 setting is not valid (production):
  - database.password: holds an encrypted value that could not be opened
    from database.password (object)
    Encrypt it again for its path, with a key of the keyring; check that the keyring has its key.
*/
