// secrets: what one load does with encrypted values.
//
//   keyring -> session (keys, kept current) -> SecretOpener (rows) -> secrets;   plainSecrets -> what should be encrypted
export { SecretOpener } from './open-secrets.js';
export { plainSecrets } from './plain-secrets.js';
export { SecretSession } from './secret-session.js';
export { SECRET_OPTIONS, secretGateOf } from './secret-options.js';
export type { PlainSecretPolicy, SecretScopeKind, SecretOptions } from './secret-options.js';
