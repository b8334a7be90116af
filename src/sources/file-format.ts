import type { PositionNode } from './file-positions.js';

/** A format's answer: the value of a text, and on request the position of everything in it. */
export interface ParsedText {
  /** `undefined` for a text that holds no value. */
  readonly root: unknown;
  /** Costs another pass over the text. */
  positions(): PositionNode;
  /**
   * What another text holds that differs from this one in a single place, found by a look at that place alone; what is
   * the same is shared. `undefined` when that does not tell: the text must then be parsed like any other.
   */
  again?(text: string): ParsedText | undefined;
}

/** One way to write a tree as text. */
export interface FileFormat {
  /** As it stands in messages: `JSON`. */
  readonly name: string;
  /** How a file that had settings says that it is to have none, as a sentence. */
  readonly emptyOnPurpose: string;
  /** @throws FileSyntaxError for whatever is wrong with the text. */
  parse(text: string): ParsedText | Promise<ParsedText>;
}
