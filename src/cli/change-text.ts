import { shownText } from '../runtime/index.js';
import type { TextOutput } from './command-io.js';
import { paint } from './paint.js';

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
