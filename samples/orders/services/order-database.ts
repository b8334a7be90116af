import { injectable } from 'inversify';
import { DatabaseSettings } from '../settings/database-settings.js';

/**
 * Stands for the driver of a real database: a real one would hand these settings to its pool. The section is injected by
 * its class, nothing else is needed.
 */
@injectable()
export class OrderDatabase {
  /** Where it connects to; for people, without the password. */
  public readonly address: string;

  public constructor(settings: DatabaseSettings) {
    const { user, host, port, name } = settings;
    this.address = `postgres://${user}@${host}:${String(port)}/${name}`;
  }
}
