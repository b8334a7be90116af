import { ConfigError, systemCode } from '../../core/index.js';

/** Why something failed, as a sentence. Other people's messages may quote anything, so only their kind is told. */
export function failureText(error: unknown): string {
  if (ConfigError.is(error)) return error.message.split('\n', 1).join('');
  const code = systemCode(error);
  if (code !== '') return `the operating system answers ${code}.`;
  return error instanceof Error ? `it threw ${error.name}.` : 'it threw something that is not an error.';
}
