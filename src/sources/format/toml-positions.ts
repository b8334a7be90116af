import type { PositionNode, TextSpan } from './file-positions.js';

/** The position of everything in a TOML document; only for one that the parser has accepted. */
export function tomlPositions(text: string): PositionNode {
  return new TomlPositions(text).root();
}

interface MutablePosition {
  readonly offset: number;
  readonly keyOffset?: number;
  readonly keys?: TextSpan[];
  end?: number;
  statements?: TextSpan[];
  children?: Map<string, MutablePosition>;
  /** True for a list of [[tables]], whose last item later headers mean. */
  readonly isTableList?: boolean;
}

/** A key as it is written, and where. */
interface WrittenKey {
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

const BLANK = /[ \t\r\n]*/y;
const COMMENT = /#[^\n]*/y;
const BARE_KEY = /[\w-]+/y;
const SPACE = /[ \t]*/y;
const REST = /[^,\]}#\r\n]*/y;

class TomlPositions {
  readonly #text: string;
  #at = 0;

  public constructor(text: string) {
    this.#text = text;
  }

  public root(): PositionNode {
    const root: MutablePosition = { offset: 0, children: new Map() };
    let table = root;
    while (this.#skipBlank()) {
      if (this.#text[this.#at] === '[') table = this.#header(root);
      else this.#pair(table, true);
    }
    return root;
  }

  #header(root: MutablePosition): MutablePosition {
    const offset = this.#at;
    const isList = this.#text.startsWith('[[', offset);
    this.#at += isList ? 2 : 1;
    const keys = this.#keys();
    this.#at += isList ? 2 : 1;
    const last = keys.pop() ?? { text: '', offset, end: offset };
    const parent = descend(root, keys, offset);
    const statement = { start: offset, end: this.#at };
    if (!isList) return stated(descend(parent, [last], offset), statement);
    const list = stated(
      childOf(parent, last, { offset, keyOffset: last.offset, keys: [], isTableList: true }),
      statement,
    );
    const item: MutablePosition = { offset };
    childrenOf(list).set(String(childrenOf(list).size), item);
    return item;
  }

  #pair(table: MutablePosition, isStatement: boolean): void {
    const keyAt = this.#at;
    const keys = this.#keys();
    this.#at++;
    this.#skip(SPACE);
    const { text, offset, end } = keys.pop() ?? { text: '', offset: keyAt, end: keyAt };
    const node = { ...this.#value(), keyOffset: offset, keys: [{ start: offset, end }] };
    if (isStatement) stated(node, { start: keyAt, end: this.#at });
    childrenOf(descend(table, keys, keyAt)).set(text, node);
  }

  #keys(): WrittenKey[] {
    const keys: WrittenKey[] = [];
    do {
      if (keys.length > 0) this.#at++;
      this.#skip(SPACE);
      const start = this.#at;
      const quote = this.#text[start];
      if (quote === '"' || quote === "'") {
        this.#string();
        const inner = this.#text.slice(start + 1, this.#at - 1);
        keys.push({ text: quote === '"' ? unescape(inner) : inner, offset: start, end: this.#at });
      } else {
        this.#skip(BARE_KEY);
        keys.push({ text: this.#text.slice(start, this.#at), offset: start, end: this.#at });
      }
      this.#skip(SPACE);
    } while (this.#text[this.#at] === '.');
    return keys;
  }

  #value(): MutablePosition {
    const offset = this.#at;
    const node: MutablePosition = { offset };
    const first = this.#text[offset];
    if (first === '[') this.#items(node, ']');
    else if (first === '{') this.#items(node, '}');
    else if (first === '"' || first === "'") this.#string();
    else {
      this.#skip(REST);
      while (/[ \t]/.test(this.#text[this.#at - 1] ?? '')) this.#at--;
    }
    node.end = this.#at;
    return node;
  }

  #items(node: MutablePosition, end: ']' | '}'): void {
    const children = childrenOf(node);
    this.#at++;
    while (this.#skipBlank() && this.#text[this.#at] !== end) {
      if (end === '}') this.#pair(node, false);
      else children.set(String(children.size), this.#value());
      this.#skipBlank();
      if (this.#text[this.#at] === ',') this.#at++;
    }
    this.#at++;
  }

  #string(): void {
    const quote = this.#text[this.#at] ?? '';
    const triple = quote.repeat(3);
    const isLong = this.#text.startsWith(triple, this.#at);
    this.#at += isLong ? 3 : 1;
    const stop = quote === '"' ? /["\\]/g : /'/g;
    for (;;) {
      stop.lastIndex = this.#at;
      const found = stop.exec(this.#text);
      if (found === null) break;
      this.#at = found.index + 1;
      if (found[0] === '\\') this.#at++;
      else if (!isLong) return;
      else if (this.#text.startsWith(triple, found.index)) {
        this.#at = found.index + 3;
        // One or two quotes before the closing three belong to the string.
        while (this.#text[this.#at] === quote) this.#at++;
        return;
      }
    }
    this.#at = this.#text.length;
  }

  // False at the end of the document.
  #skipBlank(): boolean {
    while (this.#skip(BLANK) && this.#text[this.#at] === '#') this.#skip(COMMENT);
    return this.#at < this.#text.length;
  }

  // False at the end of the document.
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    pattern.exec(this.#text);
    this.#at = Math.max(this.#at, pattern.lastIndex);
    return this.#at < this.#text.length;
  }
}

// A table without a header of its own starts at its first key or header below.
function descend(from: MutablePosition, keys: readonly WrittenKey[], offset: number): MutablePosition {
  let node = from;
  for (const key of keys) {
    node = childOf(node, key, { offset, keyOffset: key.offset, keys: [] });
    if (node.isTableList === true) node = [...childrenOf(node).values()].at(-1) ?? node;
  }
  return node;
}

function childOf(node: MutablePosition, { text, offset, end }: WrittenKey, fallback: MutablePosition): MutablePosition {
  const children = childrenOf(node);
  const child = children.get(text) ?? fallback;
  children.set(text, child);
  child.keys?.push({ start: offset, end });
  return child;
}

function stated(node: MutablePosition, statement: TextSpan): MutablePosition {
  (node.statements ??= []).push(statement);
  return node;
}

function childrenOf(node: MutablePosition): Map<string, MutablePosition> {
  return (node.children ??= new Map());
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
};

function unescape(text: string): string {
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g, (...groups: string[]) => {
    const hex = groups[1] ?? groups[2] ?? groups[3];
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    const letter = groups[4] ?? '';
    return SHORT_ESCAPES[letter] ?? letter;
  });
}
