/** What we ask of a connection of the package `pg`. Subpath: `uno-config/sagas/dbos`. */
export interface DbosConnection {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  release(isBroken?: boolean): void;
}

/** What we ask of a pool of the package `pg`; DBOS asks for the whole. Subpath: `uno-config/sagas/dbos`. */
export interface DbosPool extends Pick<DbosConnection, 'query'> {
  connect(): Promise<DbosConnection>;
}

/** What we read of the status of a workflow. */
export interface DbosRunStatus {
  readonly workflowID: string;
  readonly status: string;
  readonly workflowName: string;
  readonly executorId?: string;
  readonly output?: unknown;
}

/** What we ask for when we list workflows. */
export interface DbosQuery {
  readonly workflowName?: string[];
  readonly status: ('PENDING' | 'ENQUEUED' | 'DELAYED' | 'SUCCESS' | 'ERROR' | 'CANCELLED')[];
  readonly completedBefore?: string;
  readonly limit: number;
  readonly loadInput: false;
  readonly loadOutput: false;
}

type Body = (record: unknown) => Promise<unknown>;

/** What we ask of the class `DBOS` of the package `@dbos-inc/dbos-sdk`. Subpath: `uno-config/sagas/dbos`. */
export interface DbosEngineCalls {
  readonly workflowID: string | undefined;
  isInitialized(): boolean;
  setConfig(config: {
    name: string;
    systemDatabaseUrl: string;
    // The pool of the package `pg`, whose type only that package has.
    systemDatabasePool: never;
    systemDatabaseSchemaName: string;
    applicationVersion: string;
    executorID: string;
    enableOTLP: false;
    logger: DbosLogger;
  }): void;
  registerWorkflow(body: Body, config: { name: string; className: string }): Body;
  launch(): Promise<void>;
  shutdown(options: { deregister: boolean }): Promise<void>;
  startWorkflow(body: Body, params: { workflowID: string }): Body;
  runStep<T>(act: () => Promise<T>, config: { name: string }): Promise<T>;
  getWorkflowStatus(id: string): Promise<DbosRunStatus | null>;
  listWorkflows(query: DbosQuery): Promise<DbosRunStatus[]>;
  resumeWorkflows(ids: string[]): Promise<unknown>;
  cancelWorkflow(id: string): Promise<void>;
  deleteWorkflows(ids: string[]): Promise<void>;
}

/** Where DBOS logs. */
export interface DbosLogger {
  info(entry: unknown): void;
  debug(entry: unknown): void;
  warn(entry: unknown): void;
  error(entry: unknown, metadata?: { readonly error?: unknown }): void;
}

/** What we ask of the package `@dbos-inc/dbos-sdk`. Subpath: `uno-config/sagas/dbos`. */
export interface DbosDriver {
  readonly DBOS: DbosEngineCalls;
}
