import { isConfigMap, UNSET } from '../../core/index.js';
import { tomlKey, yamlKey } from '../secrets/index.js';

/**
 * A value as a format writes it in one line, the likeliest first; nothing for what the format does not have. Whether it
 * means the value is for the caller to see.
 *
 * @param format `YAML`, `TOML`, or one of JSON
 * @param like what was written in its place, whose quotes are kept
 */
export function* rendered(format: string, value: unknown, like = ''): Generator<string, void, undefined> {
  if (typeof value === 'string' && !format.startsWith('JSON') && like.startsWith("'") && !/['\n\r]/.test(value)) {
    yield `'${value}'`;
  }
  const isBare = format === 'YAML' && typeof value === 'string' && !/^["']/.test(like);
  if (isBare && /^[\w./][^\n\r]*$/.test(value)) yield value;
  const text = inline(format, value);
  if (text !== undefined) yield text;
}

export function renderedKey(format: string, key: string, like = ''): string {
  if (format === 'TOML')
    return like.startsWith("'") && !/['\n\r]/.test(key) ? `'${key}'` : quotedLike(like, key, tomlKey);
  if (format !== 'YAML') return JSON.stringify(key);
  return like.startsWith("'") && !/[\n\r]/.test(key)
    ? `'${key.replaceAll("'", "''")}'`
    : quotedLike(like, key, yamlKey);
}

function quotedLike(like: string, key: string, write: (key: string) => string): string {
  return like.startsWith('"') ? JSON.stringify(key) : write(key);
}

function inline(format: string, value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === null) return format === 'TOML' ? undefined : 'null';
  if (value === UNSET) return format === 'YAML' ? '!unset' : undefined;
  if (Array.isArray(value))
    return joined(
      '[',
      value.map((item) => inline(format, item)),
      ']',
    );
  if (!isConfigMap(value)) return undefined;
  const pairs = Object.entries(value).map(([key, below]) => {
    const text = inline(format, below);
    return text === undefined ? undefined : `${renderedKey(format, key)}${format === 'TOML' ? ' =' : ':'} ${text}`;
  });
  return pairs.length === 0 ? '{}' : joined('{ ', pairs, ' }');
}

function joined(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`;
}
