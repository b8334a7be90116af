import { ConfigError } from './config-error.js';
import { type ConfigPath, isForbiddenKey } from './config-path.js';

// Far more than any path needs, and well below what a regular expression can match without running out of stack.
const MAXIMUM_LENGTH = 10_000;

/**
 * Reads `database.pool.max`, `servers.0.host`, `servers[0].host` or `routes["a.b"].target`.
 *
 * @throws ConfigError `invalid-path` for empty keys, unclosed brackets, keys that reach a prototype, and more than 10,000
 *   characters.
 */
export function parsePath(text: string): ConfigPath {
  if (text.length > MAXIMUM_LENGTH) throw invalidPath(text, `it is longer than ${String(MAXIMUM_LENGTH)} characters`);
  const path: string[] = [];
  const step = /(?:^|(?!^)\.)([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\["\\])*)"\]/y;
  while (step.lastIndex < text.length) {
    const start = step.lastIndex;
    const match = step.exec(text);
    if (match === null) throw invalidPath(text, `it cannot be read from character ${String(start + 1)} on`);
    const key = match[1] ?? match[2] ?? (match[3] ?? '').replace(/\\(["\\])/g, '$1');
    if (isForbiddenKey(key)) throw invalidPath(text, `the key "${key}" is reserved`);
    path.push(key);
  }
  if (path.length === 0) throw invalidPath(text, 'it is empty');
  return path;
}

function invalidPath(text: string, why: string): ConfigError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new ConfigError({
    code: 'invalid-path',
    message: `"${shown}" is not a path: ${why}.`,
    recovery: 'Write keys with dots between them, such as database.pool.max or servers[0].host.',
  });
}

/** The key at the root of a file that says which instances are in a cohort: `$cohorts: { canary: 5% }`. */
export const COHORTS_KEY = '$cohorts';
/** The root key below which modules override settings. */
export const MODULES = 'modules';
/** The key of a module below which its components do. */
export const COMPONENTS = 'components';

/**
 * Where a scope's settings are overridden, the most specific last: `billing/invoices` at `modules.billing` and at
 * `modules.billing.components.invoices`.
 *
 * @throws TypeError for a string that names no module, or more than a module and a component.
 */
export function scopeLevels(scope: string): readonly ConfigPath[] {
  const [module, component, ...more] = scope.split('/');
  const isNamed = isName(module) && (component === undefined || isName(component)) && more.length === 0;
  if (!isNamed) {
    throw new TypeError(`"${scope}" is no scope; write a module's name, or module/component: 'billing/invoices'.`);
  }
  const level = [MODULES, module];
  return component === undefined ? [level] : [level, [...level, COMPONENTS, component]];
}

function isName(text: string | undefined): text is string {
  if (text === undefined) return false;
  try {
    return parsePath(text).length === 1;
  } catch {
    return false;
  }
}
