import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgPoolLimits, PgResult } from '../pg/index.js';

/** What we ask of the package `@electric-sql/pglite`. Subpath: `uno-config/databases/embedded`. */
export interface Pglite {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; affectedRows?: number | undefined }>;
  exec(text: string): Promise<readonly { rows: unknown[]; affectedRows?: number | undefined }[]>;
  close(): Promise<void>;
}

/** The one session of a PGlite as a pool of one connection: callers wait for each other. */
export class PglitePool extends EventEmitter implements PgPool {
  public readonly totalCount = 1;
  public readonly options: PgPoolLimits = { max: 1, maxUses: Infinity, maxLifetimeSeconds: 0 };
  readonly #database: Pglite;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isBusy = false;

  public constructor(database: Pglite) {
    super();
    this.#database = database;
  }

  public get idleCount(): number {
    return this.#isBusy ? 0 : 1;
  }

  public get waitingCount(): number {
    return this.#waiting;
  }

  public async connect(): Promise<PgPoolClient> {
    const before = this.#last;
    let free: () => void = () => undefined;
    this.#last = new Promise((resolve) => (free = resolve));
    this.#waiting++;
    await before;
    this.#waiting--;
    this.#isBusy = true;
    return new PgliteClient(this.#database, () => {
      this.#isBusy = false;
      free();
    });
  }

  public async query<R extends object>(text: string, values?: unknown[]): Promise<PgResult<R>> {
    const client = await this.connect();
    try {
      return await client.query<R>(text, values);
    } finally {
      client.release();
    }
  }

  public async end(): Promise<void> {
    await this.#last;
  }
}

class PgliteClient extends EventEmitter implements PgPoolClient {
  readonly #database: Pglite;
  readonly #free: () => void;
  #isReleased = false;

  public constructor(database: Pglite, free: () => void) {
    super();
    this.#database = database;
    this.#free = free;
  }

  public async query<R extends object>(text: string, values?: unknown[]): Promise<PgResult<R>> {
    if (this.#isReleased) throw new Error('The connection has been released.');
    const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
    if (values === undefined && text.includes(';')) {
      // A string in a single statement may have one, too.
      const { rows = [], affectedRows = rows.length } = (await this.#database.exec(text)).at(-1) ?? {};
      return { rows: rows as R[], rowCount: affectedRows, command };
    }
    const isCommit = command === 'COMMIT';
    // It answers the commit of a failed transaction without saying that it rolled back.
    const hasFailed = isCommit && (await this.#hasFailed());
    const { rows, affectedRows } = await this.#database.query(text, values);
    // The statement determines the rows; the caller knows their type.
    return { rows: rows as R[], rowCount: affectedRows ?? rows.length, command: hasFailed ? 'ROLLBACK' : command };
  }

  /** Whether nothing but a rollback is possible. */
  async #hasFailed(): Promise<boolean> {
    try {
      await this.#database.query('select 1');
      return false;
    } catch {
      return true;
    }
  }

  /** There is no other session to begin anew with: what is left open is rolled back. */
  public release(error?: Error | boolean): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (error === undefined || error === false) this.#free();
    else void this.#database.exec('rollback').then(this.#free, this.#free);
  }
}
