import { endOf, isDay } from './flag-day.js';

interface Node {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface RuleContext {
  report(problem: { readonly node: never; readonly messageId: string; readonly data: Record<string, string> }): void;
}

/** A plugin as ESLint takes it; Subpath: `uno-config/flags/eslint`. */
export interface FlagsPlugin {
  readonly meta: { readonly name: string };
  readonly rules: Readonly<Record<'expired', FlagsRule>>;
}

/** A rule as ESLint takes it. Subpath: `uno-config/flags/eslint`. */
export interface FlagsRule {
  readonly meta: {
    readonly type: 'problem';
    readonly docs: { readonly description: string };
    readonly messages: Record<string, string>;
    readonly schema: [];
  };
  create(context: never): Record<string, (node: never) => void>;
}

const expired: FlagsRule = {
  meta: {
    type: 'problem',
    docs: { description: 'flags are removed by their last day' },
    messages: {
      expired: 'The flag {{key}} was to be gone after {{day}}: keep the branch that is taken, and remove the flag.',
    },
    schema: [],
  },
  // The types of ESLint are those of its own package.
  create: (context: RuleContext) => ({
    CallExpression: (call: Node) => {
      const [options] = call['arguments'] as readonly Node[];
      if (nameOf(call['callee']) !== 'Flag' || options?.type !== 'ObjectExpression') return;
      const [key, expires] = [literal(options, 'key'), literal(options, 'expires')];
      if (key === undefined || expires === undefined || !isDay(expires)) return;
      if (Date.now() < (endOf({ expires }) ?? Infinity)) return;
      context.report({ node: call as never, messageId: 'expired', data: { key: JSON.stringify(key), day: expires } });
    },
  }),
};

/**
 * A plugin of ESLint: its rule `expired` reports each `@Flag` whose last day, `expires`, is over. Subpath:
 * `uno-config/flags/eslint`.
 *
 * @example
 * ```ts
 * import { flagsPlugin } from 'uno-config/flags/eslint';
 *
 * export default [{ plugins: { flags: flagsPlugin }, rules: { 'flags/expired': 'error' } }];
 * ```
 */
export const flagsPlugin: FlagsPlugin = Object.freeze({
  meta: Object.freeze({ name: 'uno-config/flags' }),
  rules: Object.freeze({ expired }),
});

function nameOf(callee: unknown): unknown {
  return isNode(callee) && callee.type === 'Identifier' ? callee['name'] : undefined;
}

function literal(object: Node, name: string): string | undefined {
  // An object has a list of properties.
  const found = (object['properties'] as readonly Node[]).find(
    ({ type, key }) => type === 'Property' && isNode(key) && (key['name'] ?? key['value']) === name,
  );
  const value = found?.['value'];
  const text = isNode(value) ? value['value'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
