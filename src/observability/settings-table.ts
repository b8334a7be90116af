import { formatOrigin } from '../core/index.js';
import { shownText, type Description } from '../runtime/index.js';

/**
 * Settings as a plain-text table for people: path, value, origin. Secrets are masked. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * process.stdout.write(settingsTable(container.get(ConfigStore).describe()));
 * ```
 */
export function settingsTable(settings: readonly Description[]): string {
  const rows = settings.map(({ path, value, origin }) => [
    path,
    shortened(shownText(value)),
    origin === undefined ? '-' : formatOrigin(origin),
  ]);
  const widths = [0, 1].map((column) => Math.max(...[HEADER, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(HEADER), line(HEADER.map((title) => '-'.repeat(title.length))), ...rows.map(line), ''].join('\n');
}

const HEADER = ['setting', 'value', 'from'];

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
