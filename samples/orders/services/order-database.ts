import { setTimeout as pause } from 'node:timers/promises';
import { injectable } from 'inversify';
import type { ConfigDependant, Generation, PreparedChange } from 'uno-config';
import { DatabaseSettings } from '../settings/database-settings.js';

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
    await connect(settings);
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

function createPool({ user, host, port, name }: DatabaseSettings): Pool {
  return {
    address: `postgres://${user}@${host}:${String(port)}/${name}`,
    // A real one would wait here for the statements that still run.
    end: () => pause(10),
  };
}

/** A real one would open a connection. Here only hosts that never exist fail: those of the reserved domain .invalid. */
async function connect({ host }: DatabaseSettings): Promise<void> {
  await pause(1);
  if (host.endsWith('.invalid')) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
}
