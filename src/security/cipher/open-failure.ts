import { ConfigError } from '../../core/index.js';

/**
 * The one error of everything that cannot be opened. Whoever can hand in tokens must not learn from it how far one got,
 * so there is one text, and no cause.
 */
export function notOpened(): ConfigError {
  return new ConfigError({
    code: 'secret-not-opened',
    category: 'security',
    message: 'An encrypted value could not be opened.',
    recovery: 'Encrypt it again for its path, with a key of the keyring; check that the keyring has its key.',
  });
}
