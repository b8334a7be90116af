import type { PositionNode } from '../../sources/index.js';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/** The indicator of a YAML block and what may stand after it in its line: a comment. */
const HEADER = /[|>][-+0-9]{0,2}(?=[ \t]*(?:[ \t]#[^\r\n]*)?$)/;

/**
 * A YAML block scalar (`|`, `>`) that says a value, from its indicator to its last line that is not blank: a value in one
 * line takes the place of all of it, and the comment after the indicator stays behind that.
 */
export function blockSpan(text: string, { offset }: PositionNode, value: string): Span | undefined {
  const lines = linesOf(text);
  const first = lines.findLastIndex(({ start }) => start <= offset);
  // Blank lines before it are part of the block.
  const header = lines.findLastIndex(({ content }, index) => index < first && content.trim() !== '');
  const [headerLine, firstLine] = [lines[header], lines[first]];
  const found = headerLine && HEADER.exec(headerLine.content);
  if (headerLine === undefined || firstLine === undefined || !found) return undefined;
  const after = headerLine.content.slice(found.index + found[0].length);
  const start = headerLine.start + found.index;
  // A block that says its indentation itself can have lines that are indented less than its first one.
  for (let indentation = indentationOf(firstLine.content); indentation > 0; indentation--) {
    const { start: from, content } = lines[first + lastLine(lines.slice(first), indentation)] ?? firstLine;
    const end = from + content.length;
    // What is left of a secret might pass for a comment, so all of it must be there, and nothing else.
    if (withoutBlanks(text.slice(firstLine.start, end)) === withoutBlanks(value))
      return { start, end, before: '', after };
  }
  return undefined;
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '');
}

interface Line {
  readonly start: number;
  /** Without its line break. */
  readonly content: string;
}

function linesOf(text: string): readonly Line[] {
  return Array.from(text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g), ({ index, 0: line }) => {
    return { start: index, content: line.replace(/[\r\n]+$/, '') };
  });
}

/** The index of the last line that is not blank before one that is indented less. */
function lastLine(lines: readonly Line[], indentation: number): number {
  const after = lines.findIndex(({ content }) => content.trim() !== '' && indentationOf(content) < indentation);
  const inside = after === -1 ? lines : lines.slice(0, after);
  return inside.findLastIndex(({ content }) => content.trim() !== '');
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}
