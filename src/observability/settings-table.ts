import { formatOrigin, type ConfigOrigin } from '../core/index.js';
import { shownText, type Description } from '../runtime/index.js';

/**
 * Settings as a plain-text table for people: path, value, origin, or what waits for a restart. Secrets are masked. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * process.stdout.write(settingsTable(container.get(ConfigStore).describe()));
 * ```
 */
export function settingsTable(settings: readonly Description[]): string {
  const rows = settings.map(({ path, value, origin, afterRestart }) => [
    path,
    shortened(shownText(value)),
    afterRestart === undefined ? placeOf(origin) : restartText(afterRestart),
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

function placeOf(origin: ConfigOrigin | undefined): string {
  return origin === undefined ? '-' : formatOrigin(origin);
}

function restartText({ value, origin }: NonNullable<Description['afterRestart']>): string {
  const from = origin === undefined ? '' : ` from ${formatOrigin(origin)}`;
  return `until a restart, then ${shortened(shownText(value))}${from}`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
