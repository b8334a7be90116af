import type { ConfigPath } from '../../core/index.js';
import type { PositionNode } from './file-positions.js';

/** A format's answer: the value of a text, and on request the position of everything in it. */
export interface ParsedText {
  /** `undefined` for a text that holds no value. */
  readonly root: unknown;
  /** Costs another pass over the text. */
  positions(): PositionNode;
  /** The position of one path, or of the nearest ancestor that the text spells out, where that costs less than all. */
  position?(path: ConfigPath): PositionNode;
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
