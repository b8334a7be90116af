/** A key of an environment file and where it stands. */
export interface EnvFileKey {
  readonly name: string;
  /** One-based. */
  readonly line: number;
  /** One-based, in UTF-16 code units. */
  readonly column: number;
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
      keys.push({ name, line: line + newlines(before), column: before.length - lineStart + 1 });
      end = endOfQuoted(unix, KEY.lastIndex);
    }
    const next = unix.indexOf('\n', end);
    const stop = next === -1 ? unix.length : next + 1;
    if (match === null && strays.length < MOST_STRAYS && /^\s*[^\s#]/.test(unix.slice(start, stop))) strays.push(line);
    line += newlines(unix.slice(start, stop));
    start = stop;
  }
  return { keys, strays };
}

function endOfQuoted(text: string, from: number): number {
  QUOTED.lastIndex = from;
  return QUOTED.test(text) ? QUOTED.lastIndex : from;
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
