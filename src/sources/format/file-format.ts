import type { PositionNode } from './file-positions.js';

/** A format's answer: the value of a text, and on request the position of everything in it. */
export interface ParsedText {
  /** `undefined` for a text that holds no value. */
  readonly root: unknown;
  /** Costs another pass over the text. */
  positions(): PositionNode;
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
