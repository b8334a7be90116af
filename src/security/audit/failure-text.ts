import { ConfigError } from '../../core/index.js';

/** Why something failed, as a sentence. Other people's messages may quote anything, so only their kind is told. */
export function failureText(error: unknown): string {
  if (ConfigError.is(error)) return error.message.split('\n', 1).join('');
  const code = systemCode(error);
  if (code !== '') return `the operating system answers ${code}.`;
  return error instanceof Error ? `it threw ${error.name}.` : 'it threw something that is not an error.';
}

/** The operating system's name of an error; empty when it has none. */
export function systemCode(error: unknown): string {
  // No instanceof: an error may come from another realm.
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
