// What examples use of node:sqlite, which the types of Node 20 do not have.
declare module 'node:sqlite' {
  interface DatabaseSyncOptions {
    readOnly?: boolean | undefined;
    timeout?: number | undefined;
  }

  interface StatementSync {
    all(...parameters: (string | number | bigint | null)[]): Record<string, unknown>[];
  }

  class DatabaseSync {
    constructor(path: string, options?: DatabaseSyncOptions);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}
