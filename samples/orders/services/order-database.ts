import { setTimeout as pause } from 'node:timers/promises';
import { injectable } from 'inversify';
import type { ConfigDependant, Generation, PreparedChange } from 'uno-config';
import { DatabaseSettings } from '../settings/database-settings.js';

/**
 * What a driver such as pg takes. The password is a function: whoever prints the pool sees none, and none is kept. A
 * string would stand in the pool's options as plain text, however well it was protected before.
 */
interface PoolOptions {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly password: () => Promise<string>;
}

/** Stands for the pool of a real driver. */
interface Pool {
  /** Where it connects to; for people, without the password. */
  readonly address: string;
  end(): Promise<void>;
}

/**
 * The service's database. It takes part in reloads: settings that it cannot connect with are refused before anybody uses
 * them, and the pool of the old ones is let go only when the new one is in use.
 */
@injectable()
export class OrderDatabase implements ConfigDependant {
  public readonly name = 'orders database';
  #pool: Pool;

  public constructor(settings: DatabaseSettings) {
    this.#pool = createPool(settings);
  }

  public get address(): string {
    return this.#pool.address;
  }

  /** Whatever is thrown here rejects the new settings; the service goes on with the old ones. */
  public async prepare(next: Generation, previous: Generation): Promise<PreparedChange | undefined> {
    const settings = next.get(DatabaseSettings);
    // Sections that did not change are the very same objects.
    if (settings === previous.get(DatabaseSettings)) return undefined;
    await connect(optionsOf(settings));
    const [fresh, old] = [createPool(settings), this.#pool];
    return {
      commit: () => {
        this.#pool = fresh;
      },
      drain: () => old.end(),
      abandon: () => fresh.end(),
    };
  }
}

function createPool(settings: DatabaseSettings): Pool {
  const { user, host, port, database } = optionsOf(settings);
  return {
    address: `postgres://${user}@${host}:${String(port)}/${database}`,
    // A real one would wait here for the statements that still run.
    end: () => pause(10),
  };
}

function optionsOf({ user, host, port, name, password }: DatabaseSettings): PoolOptions {
  return { user, host, port, database: name, password: async () => password.useAsync((text) => text) };
}

/** A real one would open a connection. Here only hosts that never exist fail: those of the reserved domain .invalid. */
async function connect({ host, password }: PoolOptions): Promise<void> {
  if ((await password()) === '') throw Object.assign(new Error('no password'), { code: 'EAUTH' });
  await pause(1);
  if (host.endsWith('.invalid')) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
}
