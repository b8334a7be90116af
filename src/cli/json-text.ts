import { escapeControls } from '../core/index.js';

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
