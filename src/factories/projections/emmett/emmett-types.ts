export interface EmmettAnswer {
  readonly rowCount: number | null;
  readonly rows: Record<string, unknown>[];
}

export interface EmmettExecutor {
  query(statement: string): Promise<EmmettAnswer>;
  batchQuery(statements: readonly string[]): Promise<EmmettAnswer[]>;
  command(statement: string): Promise<EmmettAnswer>;
  batchCommand(statements: readonly string[]): Promise<EmmettAnswer[]>;
}

export interface EmmettTransaction {
  readonly execute: EmmettExecutor;
  readonly connection: { open(): Promise<unknown> };
}

export interface EmmettDatabase {
  readonly execute: EmmettExecutor;
  /** `success: false` rolls back. */
  withTransaction<T>(handle: (transaction: EmmettTransaction) => Promise<EmmettOutcome<T> | T>): Promise<T>;
}

export interface EmmettOutcome<T> {
  readonly success: boolean;
  readonly result: T;
}

/** Of an appended event what we look at. */
export interface EmmettEvent {
  readonly type: string;
  readonly data: unknown;
}

/** Options of reading a stream. */
export interface EmmettReadOptions {
  readonly from?: bigint;
  readonly to?: bigint;
  readonly maxCount?: bigint;
}

/**
 * What is used of Emmett's event store. With the option `driver` the store has the types of the package. Subpath:
 * `uno-config/projections/emmett`.
 */
export interface EmmettStore {
  /** @throws ExpectedVersionConflictError, Emmett's, when the stream is not at the version that is expected. */
  appendToStream(
    stream: string,
    events: EmmettEvent[],
    options?: { readonly expectedStreamVersion?: bigint },
  ): Promise<{ nextExpectedStreamVersion: bigint; createdNewStream: boolean; lastEventGlobalPosition: bigint }>;
  readStream(
    stream: string,
    options?: EmmettReadOptions,
  ): Promise<{ events: EmmettEvent[]; currentStreamVersion: bigint; streamExists: boolean }>;
  streamExists(stream: string): Promise<boolean>;
}

/** What is asked of the package `@event-driven-io/emmett-postgresql`. Subpath: `uno-config/projections/emmett`. */
export interface EmmettDriver {
  // The options name types that only the package has; what we give it is typed above.
  getPostgreSQLEventStore(connectionString: string, options?: never): EmmettStore & { schema: { sql(): string } };
}

/** The store of a driver, without what works beside the module: its own consumers, migrations and end. */
export type StoreOf<D extends EmmettDriver> = Omit<
  ReturnType<D['getPostgreSQLEventStore']>,
  'consumer' | 'schema' | 'close'
>;
