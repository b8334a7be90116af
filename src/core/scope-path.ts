import type { ConfigPath } from './config-path.js';
import { parsePath } from './parse-path.js';

/** The root key below which modules override settings. */
export const MODULES = 'modules';
/** The key of a module below which its components do. */
export const COMPONENTS = 'components';

/**
 * Where a scope's settings are overridden, the most specific last: `billing/invoices` at `modules.billing` and at
 * `modules.billing.components.invoices`.
 *
 * @throws TypeError for a text that names no module, or more than a module and a component.
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
