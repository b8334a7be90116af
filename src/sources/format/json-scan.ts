import { type ConfigErrorCode, MAX_DEPTH } from '../../core/index.js';
import type { PositionNode } from './file-positions.js';
import { FileSyntaxError } from './file-format.js';

/**
 * Reads JSON for its positions and its mistakes, not for its values: `JSON.parse` is faster, but reports neither the
 * position of a value nor, in every version, that of a mistake, and it accepts duplicate keys.
 *
 * @throws FileSyntaxError `invalid-json`, `duplicate-key` or `too-deep`.
 */
export function scanJson(text: string): PositionNode {
  return new JsonScanner(text).scan();
}

const SPACE = /[ \t\r\n]*/y;
// Anything but quotes, backslashes and control characters.
const TEXT_RUN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const LITERALS = new Set(['true', 'false', 'null']);

class JsonScanner {
  readonly #text: string;
  readonly #trail: string[] = [];
  #at = 0;

  public constructor(text: string) {
    this.#text = text;
  }

  public scan(): PositionNode {
    this.#skip(SPACE);
    const root = this.#value();
    this.#skip(SPACE);
    if (this.#at < this.#text.length) {
      throw this.#mistake(this.#isComment() ? COMMENT : 'there is something after the end of the document');
    }
    return root;
  }

  #value(): PositionNode {
    const offset = this.#at;
    switch (this.#text[offset]) {
      case '{':
        return { offset, children: this.#map(), end: this.#at };
      case '[':
        return { offset, children: this.#list(), end: this.#at };
      case '"':
        this.#string();
        return { offset, end: this.#at };
      default:
        this.#scalar();
        return { offset, end: this.#at };
    }
  }

  #map(): ReadonlyMap<string, PositionNode> {
    const children = new Map<string, PositionNode>();
    this.#open();
    while (this.#text[this.#at] !== '}') {
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#mistake(this.#keyMistake(children.size > 0));
      const key = this.#string();
      const keyEnd = this.#at;
      this.#trail.push(key);
      if (children.has(key)) throw this.#mistake('this key is already set in the same map', 'duplicate-key', keyAt);
      this.#skip(SPACE);
      if (this.#text[this.#at] !== ':') throw this.#mistake('expected ":" after the key');
      this.#step();
      children.set(key, { ...this.#value(), keyOffset: keyAt, keys: [{ start: keyAt, end: keyEnd }] });
      this.#trail.pop();
      this.#separator('}');
    }
    this.#at++;
    return children;
  }

  #list(): ReadonlyMap<string, PositionNode> {
    const children = new Map<string, PositionNode>();
    this.#open();
    while (this.#text[this.#at] !== ']') {
      const index = String(children.size);
      this.#trail.push(index);
      children.set(index, this.#value());
      this.#trail.pop();
      this.#separator(']');
    }
    this.#at++;
    return children;
  }

  #open(): void {
    if (this.#trail.length >= MAX_DEPTH) {
      throw this.#mistake(`maps and lists may be nested ${String(MAX_DEPTH)} levels deep at most`, 'too-deep');
    }
    this.#step();
  }

  // There is a comma between two items, and none before the end.
  #separator(end: string): void {
    this.#skip(SPACE);
    const commaAt = this.#at;
    if (this.#text[commaAt] === end) return;
    if (this.#text[commaAt] !== ',') throw this.#mistake(this.#isComment() ? COMMENT : `expected "," or "${end}"`);
    this.#step();
    if (this.#text[this.#at] === end) {
      throw this.#mistake(`a comma before "${end}" is not allowed in plain JSON`, INVALID, commaAt);
    }
  }

  #string(): string {
    const start = this.#at;
    let escaped = false;
    this.#at++;
    for (;;) {
      this.#skip(TEXT_RUN);
      const next = this.#text[this.#at];
      if (next === '"') break;
      if (next === undefined) throw this.#mistake('this text is not closed with a double quote', INVALID, start);
      if (next !== '\\') {
        const what = next === '\n' || next === '\r' ? 'a line break' : 'a control character';
        throw this.#mistake(`a text may not contain ${what}; write it as an escape such as \\n or \\u0000`);
      }
      if (!this.#skip(ESCAPE))
        throw this.#mistake('a backslash starts no known escape here; write \\\\ for a backslash');
      escaped = true;
    }
    this.#at++;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    return String(JSON.parse(this.#text.slice(start, this.#at)));
  }

  #scalar(): void {
    const start = this.#at;
    if (this.#skip(NUMBER)) {
      if (/[\w.+-]/.test(this.#text[this.#at] ?? '')) throw this.#mistake('this is not a JSON number', INVALID, start);
      return;
    }
    const isWord = this.#skip(WORD);
    if (isWord && LITERALS.has(this.#text.slice(start, this.#at))) return;
    this.#at = start;
    throw this.#mistake(this.#valueMistake(isWord));
  }

  #valueMistake(isWord: boolean): string {
    if (isWord) return 'expected a value: a string is in double quotes, other words are true, false and null';
    if (this.#isComment()) return COMMENT;
    if (this.#text[this.#at] === "'") return 'a string is in double quotes';
    return this.#at >= this.#text.length ? 'the file ends where a value is expected' : 'expected a value';
  }

  #keyMistake(afterComma: boolean): string {
    if (this.#isComment()) return COMMENT;
    if (this.#at >= this.#text.length) return 'the file ends inside a map; expected "}"';
    return afterComma ? 'expected a key in double quotes' : 'expected a key in double quotes or "}"';
  }

  #isComment(): boolean {
    return this.#text.startsWith('//', this.#at) || this.#text.startsWith('/*', this.#at);
  }

  #step(): void {
    this.#at++;
    this.#skip(SPACE);
  }

  // Moves past what the sticky pattern matches; false when that is nothing.
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found !== '';
  }

  #mistake(message: string, code: ConfigErrorCode = INVALID, offset = this.#at): FileSyntaxError {
    return new FileSyntaxError({ code, message, offset, path: [...this.#trail] });
  }
}

const INVALID = 'invalid-json';
const COMMENT = 'comments are not allowed here; set the option comments: true or name the file .jsonc';
