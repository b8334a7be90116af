/** One case of a public suite. */
export interface SuiteCase {
  readonly id: string;
  /** What a parser that conforms does; `either`: what the specification leaves open. */
  readonly suite: 'accept' | 'refuse' | 'either';
  readonly bytes: Uint8Array;
  /** The value it stands for; absent when the suite names none. */
  readonly value?: unknown;
}

/** A public suite, and how its cases are found in a clone of its repository. */
export interface PublicSuite {
  /** The name of the repository, and of the folder of its clone. */
  readonly repository: string;
  /** What our format is called in file names. */
  readonly extension: 'json' | 'toml' | 'yaml';
  cases(folder: string): Promise<readonly SuiteCase[]>;
  /** Whether our value is the suite's. */
  isSame(ours: unknown, expected: unknown): boolean;
}
