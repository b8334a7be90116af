import { escapeControls } from '../core/index.js';
import { shownText } from '../runtime/index.js';
import type { TextOutput } from './command.js';

export interface ShownChange {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly before: unknown;
  readonly after: unknown;
  /** Each in a line of its own: `from http.port (config/app.yaml:3:9)`. */
  readonly places: readonly string[];
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const COLOURS = { added: 'green', changed: 'bold', removed: 'red' } as const;

export function changeText({ path, kind, before, after, places }: ShownChange, output: TextOutput): string {
  const shown = { before: printable(shownText(before)), after: printable(shownText(after)) };
  const values = {
    added: shown.after,
    changed: `${shown.before} -> ${shown.after}`,
    removed: `was ${shown.before}`,
  } as const;
  const head = paint(output, COLOURS[kind], `${SIGNS[kind]} ${printable(path)}: ${values[kind]}`);
  return [head, ...places.map((place) => `    ${printable(place)}`)].map((line) => `  ${line}\n`).join('');
}

/** Text from outside must not move the cursor of the terminal it is shown on, nor turn the direction of its writing. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

/** The same of a text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/**
 * Data as indented JSON with a final newline. What JSON has no number for is written as text, and what a terminal would obey
 * as an escape.
 */
export function jsonText(data: unknown): string {
  return `${escapeControls(JSON.stringify(data, jsonValue, 2))}\n`;
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value;
}

const CODES = { bold: [1, 22], red: [31, 39], green: [32, 39] } as const;

export function paint(output: TextOutput, style: keyof typeof CODES, text: string): string {
  const [on, off] = CODES[style];
  return output.colours ? `\u001b[${String(on)}m${text}\u001b[${String(off)}m` : text;
}

/** Rows of cells, side by side; what is not printable in them is shown by its code. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = shown.reduce<number[]>(
    (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, row.length === at + 1 ? 0 : cell.length)),
    [],
  );
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
