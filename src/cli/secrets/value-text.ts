export interface ValueText {
  /** Where it is, or its key; where it is not there, the map that it belongs in. */
  readonly offset: number;
  readonly isThere: boolean;
  /** True for a YAML alias: what it names stands elsewhere. */
  readonly isAlias?: boolean;
  /** The value that stands there, to the letter; `undefined` when the letters may mean another one. */
  current(): Promise<string | undefined>;
  /** The whole text with another value there, and nothing else changed; nothing when that cannot be done. */
  with(token: string): Promise<string | undefined>;
}
