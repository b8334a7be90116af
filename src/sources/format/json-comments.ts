import { FileSyntaxError } from './file-format.js';

/**
 * Replaces comments and trailing commas by spaces, so that `JSON.parse` reads the rest and every offset stays true.
 * Mistakes in the JSON itself are left for the parser to complain about.
 *
 * @throws FileSyntaxError `invalid-json` for a block comment that does not end.
 */
export function blankComments(text: string): string {
  // Runs of other characters are one token, so that the next token after a comma shows whether the comma is the last.
  const token = /["/,}\]]|[^\s"/,}\]]+/g;
  const blanks: Span[] = [];
  let comma: Span | undefined;
  // A comma is a trailing one only after a value.
  let before = '[';
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const { index, 0: found } = match;
    const commentEnd = found === '/' ? endOfComment(text, index) : undefined;
    if (commentEnd !== undefined) {
      blanks.push({ start: index, end: commentEnd });
      token.lastIndex = commentEnd;
      continue;
    }
    if (comma !== undefined && (found === '}' || found === ']')) blanks.push(comma);
    comma = found === ',' && !/[[{,]$/.test(before) ? { start: index, end: index + 1 } : undefined;
    before = found;
    if (found === '"') token.lastIndex = endOfText(text, index);
  }
  return blankSpans(text, blanks);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function endOfComment(text: string, start: number): number | undefined {
  if (text[start + 1] === '/') {
    const rest = /[\n\r]|$/g;
    rest.lastIndex = start;
    return rest.exec(text)?.index;
  }
  if (text[start + 1] !== '*') return undefined;
  const close = text.indexOf('*/', start + 2);
  if (close === -1) {
    throw new FileSyntaxError({ code: 'invalid-json', message: 'this comment is not closed with */', offset: start });
  }
  return close + 2;
}

// After the closing quote, or at the line break where the parser will complain.
function endOfText(text: string, start: number): number {
  const stop = /["\\\n\r]|$/g;
  stop.lastIndex = start + 1;
  for (let match = stop.exec(text); match !== null; match = stop.exec(text)) {
    if (match[0] !== '\\') return match.index + match[0].length;
    stop.lastIndex = match.index + 2;
  }
  return text.length;
}

function blankSpans(text: string, blanks: Span[]): string {
  const parts: string[] = [];
  let copied = 0;
  // A trailing comma is only known as such after the comments behind it.
  for (const { start, end } of blanks.sort((one, other) => one.start - other.start)) {
    parts.push(text.slice(copied, start), text.slice(start, end).replace(/[^\n\r]/g, ' '));
    copied = end;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}
