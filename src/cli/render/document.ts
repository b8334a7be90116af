import { type ConfigPath, formatPath, isConfigMap, MASK, parsePath } from '../../core/index.js';
import { describeFully, type Generation, writtenSecret } from '../../runtime/index.js';
import { rawValue } from '../setting-leaves.js';
import { settingsTree } from '../settings-tree.js';

export interface RenderedSecret {
  readonly path: string;
  /** The environment variable that is to hold it. */
  readonly variable: string;
}

export interface RenderedDocument {
  /** In place of secrets, what is encrypted, or references to variables; never what they hold. */
  readonly tree: unknown;
  /** Those that variables have to bring. */
  readonly secrets: readonly RenderedSecret[];
}

/** Renders what is in use: loaded again, with the variables, it comes to the same settings. */
export function renderedDocument(
  generation: Generation,
  schema: Parameters<typeof settingsTree>[1],
  variableOf: (path: ConfigPath) => string,
): RenderedDocument {
  const secrets: RenderedSecret[] = [];
  const secret = (path: ConfigPath): string => {
    const written = writtenSecret(generation, path);
    if (written !== undefined) return written;
    const variable = variableOf(path);
    secrets.push({ path: formatPath(path), variable });
    return `\${env:${variable}}`;
  };
  const rendered = (value: unknown, path: ConfigPath): unknown => {
    if (typeof value === 'string') {
      if (!value.includes(MASK)) return value.replaceAll('${', () => '$${');
      const raw = rawValue(generation, path)?.value;
      // What is masked as a whole may have items; a variable holds one value.
      if (Array.isArray(raw)) return raw.map((_, index) => secret([...path, String(index)]));
      if (isPlainMap(raw)) return Object.fromEntries(Object.keys(raw).map((key) => [key, secret([...path, key])]));
      return secret(path);
    }
    if (Array.isArray(value)) return value.map((item, index) => rendered(item, [...path, String(index)]));
    if (!isConfigMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, rendered(child, [...path, key])]));
  };
  const settings = describeFully(generation).map((one) => ({
    ...one,
    value: rendered(one.value, parsePath(one.path)),
  }));
  return { tree: settingsTree(settings, schema), secrets };
}

/** A map of settings, and no value object such as a URL. */
function isPlainMap(value: unknown): value is object {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}
