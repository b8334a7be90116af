import { once } from 'node:events';
import { Container } from 'inversify';
import { ConfigError, ConfigPlugin, ConfigStore, ReloadService } from 'uno-config';
import { settingsTable } from 'uno-config/observability';
import { ordersModule } from './modules/orders-module.js';
import { createSettingsModule } from './modules/settings-module.js';
import { ChangeJournal } from './services/change-journal.js';
import { OrderDatabase } from './services/order-database.js';
import { OrdersServer } from './services/orders-server.js';

async function main(): Promise<void> {
  const container = new Container();
  container.register(ConfigPlugin);
  await container.loadAsync(createSettingsModule(), ordersModule);

  const store = container.get(ConfigStore);
  const reloads = container.get(ReloadService);
  const { environment, region } = store.current.selectors;
  const table = `Settings (${[environment, region].filter(Boolean).join(', ')})\n\n${settingsTable(store.describe())}`;
  // `npm start -- --once` is for looking at the settings only.
  if (process.argv.includes('--once')) {
    process.stdout.write(table);
    await reloads.close();
    return;
  }

  const server = container.get(OrdersServer);
  // New settings become current only when the database can work with them.
  reloads.register(container.get(OrderDatabase));
  container.get(ChangeJournal).start((text) => process.stdout.write(text));
  const address = await server.listen();
  process.stdout.write(
    `${table}\nListening on ${address}; try ${address}/settings. Files are watched. Ctrl-C stops it.\n`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
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
