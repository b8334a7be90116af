import { once } from 'node:events';
import { Container } from 'inversify';
import { ConfigError, ConfigPlugin, ConfigStore, ReloadService } from 'uno-config';
import { settingsTable } from 'uno-config/observability';
import { brokerPlace } from './modules/broker.js';
import { createOrdersModule } from './modules/orders-module.js';
import { isOnce } from './modules/persistence.js';
import { sagasPlace } from './modules/sagas.js';
import { createSettingsModule } from './modules/settings-module.js';
import { ChangeJournal } from './services/change-journal.js';
import { OrderLoad } from './services/order-load.js';
import { OrderStore } from './services/order-store.js';
import { OrdersServer } from './services/orders-server.js';

async function main(): Promise<void> {
  const container = new Container();
  container.register(ConfigPlugin);
  await container.loadAsync(createSettingsModule(), createOrdersModule());

  const store = container.get(ConfigStore);
  const reloads = container.get(ReloadService);
  const { environment, region } = store.current.selectors;
  const table = `Settings (${[environment, region].filter(Boolean).join(', ')})\n\n${settingsTable(store.describe())}`;
  if (isOnce) {
    process.stdout.write(table);
    await reloads.close();
    return;
  }

  const server = container.get(OrdersServer);
  container.get(ChangeJournal).start((text) => process.stdout.write(text));
  const address = await server.listen();
  const place = container.get(OrderStore).place;
  const token = process.env['INSPECTOR_TOKEN'] === undefined ? ` with the token ${server.inspectorToken}` : '';
  // Before anybody is told how to stop it.
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.stdout.write(
    `${table}\nOrders are kept ${place}.\nSagas run ${sagasPlace}.\nEvents go ${brokerPlace}.\nListening on ${address}; try ${address}/settings, or ${address}/inspector${token}. Files are watched. Ctrl-C stops it.\n`,
  );
  const load = process.argv.includes('--load')
    ? container.get(OrderLoad).start(address, (text) => process.stdout.write(text))
    : undefined;
  await stopped;
  await load?.();
  await server.close();
  await reloads.close();
}

/** A ConfigError says everything: what is wrong, where it stands, and what to write instead. */
function reportOf(error: unknown): string | undefined {
  if (ConfigError.is(error)) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}\nChoose another port: npm start -- --http.port=4000`;
  }
  return undefined;
}

try {
  await main();
} catch (error) {
  const report = reportOf(error);
  if (report === undefined) throw error;
  process.stderr.write(`${report}\n`);
  process.exitCode = 1;
}
