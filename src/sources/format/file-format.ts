import { type ConfigPath, ROOT_PATH, type ConfigErrorCode } from '../../core/index.js';
import type { PositionNode } from './file-positions.js';

/** A format's result: the value of a source text, and on request the position of everything in it. */
export interface ParsedText {
  /** `undefined` for a source text that holds no value. */
  readonly root: unknown;
  /** Costs another pass over the text. */
  positions(): PositionNode;
  /** The position of one path, or of the nearest ancestor that the text spells out, where that costs less than all. */
  position?(path: ConfigPath): PositionNode;
}

/** One syntax for a tree: JSON, YAML or TOML. */
export interface FileFormat {
  /** Its name in messages: `JSON`. */
  readonly name: string;
  /** How to empty a file that had settings on purpose, as a sentence. */
  readonly emptyOnPurpose: string;
  /** @throws FileSyntaxError for any syntax error. */
  parse(text: string): ParsedText | Promise<ParsedText>;
}

/** What {@link FileSyntaxError} is made from. */
export interface FileSyntaxFinding {
  /** `invalid-yaml`, `duplicate-key`, `too-deep`, … */
  readonly code: ConfigErrorCode;
  /** What is wrong and what was expected, never the file's own content. */
  readonly message: string;
  /** Where, in UTF-16 code units from the start; absent when unknown. */
  readonly offset?: number;
  /** Which value it is about, where that is known. */
  readonly path?: ConfigPath;
}

/**
 * Passes a finding from a format, which knows offsets, to the file, which knows names and lines. Never leaves this
 * folder: {@link parseFileText} makes a `ConfigError` of it.
 */
export class FileSyntaxError extends Error {
  public override readonly name = 'FileSyntaxError';
  public readonly code: ConfigErrorCode;
  public readonly offset: number | undefined;
  public readonly path: ConfigPath;

  public constructor(finding: FileSyntaxFinding) {
    super(finding.message);
    this.code = finding.code;
    this.offset = finding.offset;
    this.path = finding.path ?? ROOT_PATH;
  }
}
