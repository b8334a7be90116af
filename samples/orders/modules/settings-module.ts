import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliArgs, configFolder, ConfigModule, detectEnvironment, processEnv, rule } from 'uno-config';
import { developmentKeyring, keyFile } from 'uno-config/keys';
import { defineTenants, tenantFolder } from 'uno-config/tenants';
import type { ConfigSource, Environment } from 'uno-config';
import type { Keyring } from 'uno-config/keys';
import { DatabaseSettings, OrdersTenancy, ServerSettings } from '../settings/database-settings.js';
import { HttpSettings } from '../settings/http-settings.js';
import { NotificationSettings } from '../settings/notification-settings.js';
import { PaymentSettings } from '../settings/payment-settings.js';
import { PricingSettings } from '../settings/pricing-settings.js';
import { OrderSagas, OrdersOutbox, OrdersProjections, StockSettings } from '../settings/workflow-settings.js';
import { BrokerSection, brokerSource, events } from './broker.js';
import { APP, developmentSecrets } from './development-secrets.js';
import { orderLogResources } from './order-log.js';
import { databaseResources, driver, isOnce, persistence, persistenceSource } from './persistence.js';
import { pricesFrom } from './prices.js';
import { sagaResources } from './sagas.js';

// The compiled sample runs from .build/samples/orders/modules; its files stay in samples/orders/config. Relative to the
// working directory, so that origins and messages are short.
const home = fileURLToPath(new URL('../../../../samples/orders/config', import.meta.url));
const folder = process.env['CONFIG_FOLDER'] ?? (relative(process.cwd(), home) || '.');

/** The settings of the service, from its files, the environment and the command line. The later source wins. */
export function createSettingsModule(): ConfigModule {
  const { keyring, generated } = keysFor(detectEnvironment());
  return ConfigModule.fromOptions({
    sections: [
      HttpSettings,
      DatabaseSettings,
      ServerSettings,
      OrdersTenancy,
      PricingSettings,
      NotificationSettings,
      PaymentSettings,
      StockSettings,
      BrokerSection,
      OrderSagas,
      OrdersOutbox,
      OrdersProjections,
    ],
    sources: [
      configFolder(folder),
      ...generated,
      ...pricesFrom(isOnce ? undefined : process.env['DATABASE_URL'], driver),
      persistenceSource,
      brokerSource,
      processEnv({ prefix: 'ORDERS_' }),
      cliArgs(),
    ],
    // A pool is probed before new settings become current, and the old one closed when its users are done.
    resources: [
      ...(persistence === 'memory' ? [events] : [...databaseResources, events, ...orderLogResources]),
      ...sagaResources,
    ],
    // Encrypted values of any source are opened with these keys.
    secrets: { keyring, app: APP },
    // Files are read again when they change, and everything when the process gets SIGHUP. An embedded server takes its time.
    reload: { watch: true, signal: 'SIGHUP', prepareTimeout: '2m' },
    // Customers, each with prices of its own over those of all.
    tenants: defineTenants({ layers: tenantFolder(join(folder, 'tenants')) }),
    rules: [
      rule(
        'a request must be given longer than a database statement',
        [HttpSettings, DatabaseSettings],
        ({ requestTimeout }, { statementTimeout }) =>
          requestTimeout > statementTimeout || {
            path: 'http.requestTimeout',
            message: `must be longer than database.statementTimeout, which is ${statementTimeout.toString()}`,
            hint: 'Give requests longer, or statements less.',
          },
      ),
    ],
  });
}

/** Production is given its keys. Everywhere else they are made on the first run, and the secrets with them. */
function keysFor(environment: Environment): { readonly keyring: Keyring; readonly generated: readonly ConfigSource[] } {
  if (environment === 'production') {
    return { keyring: keyFile(process.env['KEYS_FILE'] ?? '/run/secrets/orders-keys.json'), generated: [] };
  }
  // Beside the files of the service, in a folder that git ignores.
  const own = join(folder, '../.uno');
  const keyring = developmentKeyring(join(own, 'keys.json'));
  const secrets = join(own, `secrets.${environment}.json`);
  return { keyring, generated: [developmentSecrets(secrets, environment, keyring)] };
}
