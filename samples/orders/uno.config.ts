// For the command line: npx uno-config push pricing.products.tea.price=480 --config samples/orders/uno.config.ts
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configFolder, defineConfig } from 'uno-config';
import type { PgStoreDriver } from 'uno-config/sources/postgres';
import { pricesFrom } from './modules/prices.js';
import { PricingSettings } from './settings/pricing-settings.js';

const folder = process.env['CONFIG_FOLDER'] ?? fileURLToPath(new URL('config', import.meta.url));
// Installed for the tests of this repository, from whose root it is called; a service of your own needs no `driver`.
const installed = createRequire(resolve('tests/services/package.json'));
const prices = pricesFrom(process.env['DATABASE_URL'], () => installed('pg') as PgStoreDriver);

export default defineConfig({
  sections: [PricingSettings],
  sources: [configFolder(folder), ...prices],
  // The rest of the service's settings.
  partial: true,
});
