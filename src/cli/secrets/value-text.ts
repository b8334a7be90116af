/** A text of one format, and one value in it. */
export interface ValueText {
  /** Where it stands, or its key. */
  readonly offset: number;
  /** The value that stands there, as a text. */
  readonly current: string;
  /** The whole text with another value there, and nothing else changed; nothing when that cannot be done. */
  with(token: string): Promise<string | undefined>;
}
