/** A key of an environment file and its position. */
export interface EnvFileKey {
  readonly name: string;
  /** One-based. */
  readonly line: number;
  /** One-based, in UTF-16 code units. */
  readonly column: number;
  /** A likely unintended reading of its value by dotenv. */
  readonly doubt?: 'cut' | 'open';
}

/** What the lines of an environment file are, but for comments and blank ones. */
export interface EnvFileLines {
  readonly keys: readonly EnvFileKey[];
  /** One-based numbers of the first hundred lines that assign nothing; dotenv passes over them. */
  readonly strays: readonly number[];
}

const MOST_STRAYS = 100;
const KEY = /[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/y;
const QUOTED = /\s*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?=#|\n|$)/y;

/**
 * Every assignment of an environment file in order, and the lines that are none, read by dotenv's rules: `export` in front, `=` or `: `, and quoted
 * values that may run over several lines.
 */
export function readEnvFileLines(text: string): EnvFileLines {
  const unix = text.replace(/\r\n?/g, '\n');
  const keys: EnvFileKey[] = [];
  const strays: number[] = [];
  let line = 1;
  for (let start = 0; start < unix.length;) {
    let end = start;
    KEY.lastIndex = start;
    const match = KEY.exec(unix);
    if (match?.[1] !== undefined) {
      const [assignment, name] = match;
      const before = unix.slice(start, start + assignment.lastIndexOf(name));
      const lineStart = before.lastIndexOf('\n') + 1;
      end = endOfQuoted(unix, KEY.lastIndex);
      const doubt = end === KEY.lastIndex ? doubtOf(unix, end) : undefined;
      const place = { line: line + newlines(before), column: before.length - lineStart + 1 };
      keys.push({ name, ...place, ...(doubt && { doubt }) });
    }
    const next = unix.indexOf('\n', end);
    const stop = next === -1 ? unix.length : next + 1;
    if (match === null && strays.length < MOST_STRAYS && /^\s*[^\s#]/.test(unix.slice(start, stop))) strays.push(line);
    line += newlines(unix.slice(start, stop));
    start = stop;
  }
  return { keys, strays };
}

/** A # in the middle of a value begins a comment, and a quote that is not closed is part of the value. */
function doubtOf(text: string, from: number): EnvFileKey['doubt'] {
  const next = text.indexOf('\n', from);
  const value = text.slice(from, next === -1 ? text.length : next).trim();
  if (/^["'`]/.test(value)) return 'open';
  return /^[^\s#]+#/.test(value) || /[^\s#]#/.test(value.replace(/\s#.*$/, '')) ? 'cut' : undefined;
}

function endOfQuoted(text: string, from: number): number {
  QUOTED.lastIndex = from;
  return QUOTED.test(text) ? QUOTED.lastIndex : from;
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
