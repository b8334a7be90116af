import { printable } from './change-text.js';

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
