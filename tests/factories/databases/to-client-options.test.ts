import { describe, expect, it } from '@jest/globals';
import { MysqlSettings, toMariadbOptions, toMysql2Options } from '../../../src/factories/databases/mysql/index.js';
import { PostgresSettings, toClientOptions } from '../../../src/factories/databases/pg/index.js';
import type { ResourceSecrets } from '../../../src/factories/resources/index.js';
import { section } from '../../../src/index.js';
import { loaded } from '../../runtime/loading.js';

/** Secrets that say which field was asked for, and how. */
const secrets: ResourceSecrets<object> = {
  provider: (field: string) => async () => Promise.resolve(`provided ${field}`),
  reader: (field: string) => () => `read ${field}`,
  use: (field: string, fn) => fn(`used ${field}`),
};

async function settingsOf<T extends object>(target: new () => T, values: object): Promise<T> {
  const generation = await loaded([section(target, { path: 'database' })], { database: values });
  return generation.get(target);
}

const everything = {
  host: 'db.test',
  database: 'orders',
  user: 'shop',
  password: 'hunter2',
  tls: { mode: 'verify-full', ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'db.internal' },
  pool: { max: 7, min: 2, idleTimeout: '90s', acquireTimeout: '2s', maxLifetime: '1h', maxUses: 500 },
  keepAlive: true,
  keepAliveDelay: '45s',
};

describe('the options of pg', () => {
  it('hold every setting in the unit of the driver, and no password', async () => {
    const settings = await settingsOf(PostgresSettings, {
      ...everything,
      port: 6_432,
      applicationName: 'shop',
      searchPath: ['shop', 'public'],
      statementTimeout: '3s',
      queryTimeout: '4s',
      lockTimeout: '5s',
      idleInTransactionTimeout: '6s',
    });
    const { password, ...options } = toClientOptions(settings, secrets);
    expect(options).toEqual({
      host: 'db.test',
      port: 6_432,
      database: 'orders',
      user: 'shop',
      ssl: { rejectUnauthorized: true, ca: 'CA', cert: 'CERT', key: 'used tls.key', servername: 'db.internal' },
      application_name: 'shop',
      options: '-c search_path=shop,public',
      statement_timeout: 3_000,
      query_timeout: 4_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 6_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 45_000,
      max: 7,
      min: 2,
      idleTimeoutMillis: 90_000,
      connectionTimeoutMillis: 2_000,
      // The one in seconds.
      maxLifetimeSeconds: 3_600,
      maxUses: 500,
    });
    await expect(password?.()).resolves.toBe('provided password');
  });

  it('leave to the driver what is not set, but for waiting without limit', async () => {
    const settings = await settingsOf(PostgresSettings, {});
    expect(toClientOptions(settings, secrets)).toEqual({
      host: 'localhost',
      port: 5_432,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      max: 10,
      min: 0,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: 10_000,
      maxLifetimeSeconds: 0,
    });
  });

  it.each([
    ['disable', undefined],
    ['require', { rejectUnauthorized: false }],
    ['verify-ca', { rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }],
    ['verify-full', { rejectUnauthorized: true }],
  ])('encrypt as %s says', async (mode, ssl) => {
    const settings = await settingsOf(PostgresSettings, { tls: { mode } });
    expect(toClientOptions(settings, secrets).ssl).toEqual(ssl);
  });

  it('take no search path that could be more than names', async () => {
    await expect(settingsOf(PostgresSettings, { searchPath: ['shop -c log_statement=all'] })).rejects.toThrow(
      'database.searchPath',
    );
  });
});

describe('the options of mysql2 and mariadb', () => {
  it('hold every setting in the unit of mysql2, and no password', async () => {
    const settings = await settingsOf(MysqlSettings, { ...everything, port: 3_307, connectTimeout: '8s' });
    expect(toMysql2Options(settings, secrets)).toEqual({
      host: 'db.test',
      port: 3_307,
      database: 'orders',
      user: 'shop',
      connectionLimit: 7,
      connectTimeout: 8_000,
      ssl: {
        rejectUnauthorized: true,
        // It compares names of hosts only on request.
        verifyIdentity: true,
        ca: 'CA',
        cert: 'CERT',
        key: 'used tls.key',
        servername: 'db.internal',
      },
      maxIdle: 2,
      idleTimeout: 90_000,
      enableKeepAlive: true,
      keepAliveInitialDelay: 45_000,
      waitForConnections: true,
    });
  });

  it('hold every setting in the unit of mariadb', async () => {
    const settings = await settingsOf(MysqlSettings, {
      ...everything,
      socketPath: '/run/mysqld.sock',
      queryTimeout: '7s',
    });
    expect(toMariadbOptions(settings, secrets)).toEqual({
      host: 'db.test',
      port: 3_306,
      socketPath: '/run/mysqld.sock',
      database: 'orders',
      user: 'shop',
      password: 'used password',
      connectionLimit: 7,
      connectTimeout: 10_000,
      ssl: { rejectUnauthorized: true, ca: 'CA', cert: 'CERT', key: 'used tls.key', servername: 'db.internal' },
      minimumIdle: 2,
      // The one in seconds.
      idleTimeout: 90,
      acquireTimeout: 2_000,
      keepAliveDelay: 45_000,
      socketTimeout: 7_000,
    });
  });

  it('close idle connections of mariadb after a second at the soonest, because 0 means never', async () => {
    const settings = await settingsOf(MysqlSettings, { pool: { idleTimeout: '200ms' } });
    expect(toMariadbOptions(settings, secrets).idleTimeout).toBe(1);
  });
});
