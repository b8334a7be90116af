/** Data as indented JSON with a final newline. What JSON has no number for is written as text. */
export function jsonText(data: unknown): string {
  return `${JSON.stringify(data, jsonValue, 2)}\n`;
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value;
}
