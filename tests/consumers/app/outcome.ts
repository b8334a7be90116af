import { Container } from 'inversify';
import { ConfigError, ConfigModule, object, processEnv } from 'uno-config';
import { testConfig } from 'uno-config/testing';
// The runner puts service-implicit.ts or service-explicit.ts in this place.
import { Service } from './service.js';
import { DatabaseSettings } from './settings.js';

const fromEnvironment = {
  // Test runners set NODE_ENV, the others do not.
  UNO_ENV: 'production',
  APP_DATABASE__TLS: 'yes',
  APP_DATABASE__LEVEL: 'Debug',
  APP_DATABASE__POOL__MAX: '25',
  APP_DATABASE__POOL__IDLE: '1m30s',
  APP_DATABASE__REPLICAS: 'r1.internal,r2.internal',
};

async function start(environment: Record<string, string>): Promise<string> {
  Object.assign(process.env, environment);
  const container = new Container();
  try {
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [DatabaseSettings],
        sources: [object({ database: { host: 'db.internal', port: 5433 } }), processEnv({ prefix: 'APP_' })],
      }),
    );
    container.bind(Service).toSelf();
    const { database } = container.get(Service);
    const idle = database.pool.idle.milliseconds;
    return JSON.stringify({ ...database, pool: { ...database.pool, idle }, frozen: Object.isFrozen(database.pool) });
  } catch (error) {
    if (ConfigError.is(error)) return `${error.code}\n${error.message}`;
    throw error;
  } finally {
    for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
  }
}

/** What the application prints with good values, and with a wrong one. */
export async function outcome(): Promise<Record<'good' | 'wrong' | 'testing', string>> {
  return {
    good: await start(fromEnvironment),
    wrong: await start({ ...fromEnvironment, APP_DATABASE__PORT: 'many' }),
    testing: typeof testConfig,
  };
}
