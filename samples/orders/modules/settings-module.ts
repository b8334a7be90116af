import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliArgs, configFolder, ConfigModule, processEnv, rule } from 'uno-config';
import { DatabaseSettings } from '../settings/database-settings.js';
import { HttpSettings } from '../settings/http-settings.js';
import { NotificationSettings } from '../settings/notification-settings.js';
import { PricingSettings } from '../settings/pricing-settings.js';

// The compiled sample runs from .build/samples/orders/modules; its files stay in samples/orders/config. Relative to the
// working directory, so that origins and messages are short.
const home = fileURLToPath(new URL('../../../../samples/orders/config', import.meta.url));
const folder = process.env['CONFIG_FOLDER'] ?? (relative(process.cwd(), home) || '.');

/** The settings of the service, from its files, the environment and the command line. The later source wins. */
export function createSettingsModule(): ConfigModule {
  return ConfigModule.fromOptions({
    sections: [HttpSettings, DatabaseSettings, PricingSettings, NotificationSettings],
    sources: [configFolder(folder), processEnv({ prefix: 'ORDERS_' }), cliArgs()],
    // Files are read again when they change, and everything when the process gets SIGHUP.
    reload: { watch: true, signal: 'SIGHUP' },
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
