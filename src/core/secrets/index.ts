// secrets: what a secret is, how it is held in memory, whose rules it carries, and what looks like one.
//
//   content (text | key | sealed) + form + place + origins -> SecureValue -> use: every gate is asked -> opened
export * from './derived-secret.js';
export * from './mask-credentials.js';
export * from './secret-names.js';
export * from './secret-content.js';
export * from './secret-forms.js';
export * from './secret-gate.js';
export * from './secure-value.js';
export * from './service-tokens.js';
export * from './use-secret.js';
