import type { ConfigPath } from '../core/index.js';
import { parsePath } from '../core/index.js';
import type { Description } from '../runtime/index.js';
import { jsonText } from './json-text.js';

/** Settings as the lines of an environment file. What is not set has no line. */
export function envText(settings: readonly Description[], nameOf: (path: ConfigPath) => string): string {
  return settings
    .filter(({ value }) => value !== undefined && value !== null)
    .map(({ path, value }) => `${nameOf(parsePath(path))}=${quoted(textOf(value))}\n`)
    .join('');
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'bigint') return String(value);
  return JSON.stringify(JSON.parse(jsonText(value)));
}

/** In the quotes that dotenv and shells read alike, where there are such. */
function quoted(text: string): string {
  if (/^[\w./:@%+,=-]*$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? `\`${text}\`` : `"${text}"`;
}
