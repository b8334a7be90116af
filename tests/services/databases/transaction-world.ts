import { section, type SectionInput } from '../../../src/index.js';
import type { DatabaseDefinition, Isolation } from '../../../src/factories/transactions/index.js';

/** What may happen to two transactions at once that would not if one came after the other. */
export const ANOMALIES = ['dirty read', 'non-repeatable read', 'phantom read', 'lost update', 'write skew'] as const;
export type Anomaly = (typeof ANOMALIES)[number];

/** A database that the contract is proved on: a table `notes (id int primary key, text)` that is empty. */
export interface TransactionWorld<P, C extends object> {
  readonly database: DatabaseDefinition<P, C>;
  readonly section: SectionInput;
  readonly settings: object;
  readonly insert: (client: C, id: number) => Promise<unknown>;
  /** Adds one to the number of a row. */
  readonly raise: (client: C, id: number) => Promise<unknown>;
  /** The number of a row. */
  readonly number: (client: C, id: number) => Promise<number>;
  readonly set: (client: C, id: number, to: number) => Promise<unknown>;
  /** Which anomalies there are at which isolation, by the manual of the database. */
  readonly anomalies: Readonly<Record<Isolation, readonly Anomaly[]>>;
  /** The ids in the table, as this connection sees them. */
  readonly ids: (client: C) => Promise<readonly number[]>;
  /** Which connection it is. */
  readonly session: (client: C) => Promise<number>;
  /** Does nothing for so many seconds. */
  readonly sleep: (client: C, seconds: number) => Promise<unknown>;
  /** Whether a transaction is open on it. */
  readonly isOpen: (client: C) => Promise<boolean>;
  /** What the server says of the transaction: its isolation, and whether it is read-only. */
  readonly mode: (client: C) => Promise<{ readonly isolation: string; readonly isReadOnly: boolean }>;
  /** The ids in the table, as everybody sees them. */
  readonly seen: () => Promise<readonly number[]>;
  readonly empty: () => Promise<void>;
  /** How many sessions the program has. */
  readonly sessions: () => Promise<number>;
  /** How many of them are in a transaction. */
  readonly inTransaction: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A settings class of a database, placed where the contract sets it. */
export function databaseSection(target: Parameters<typeof section>[0]): SectionInput {
  return section(target, { path: 'database' });
}
