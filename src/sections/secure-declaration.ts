import type { SecretAudit, SecretForm, SecretLevel, SecretReader, SecretReaders } from '../core/index.js';

/** What `@Secure` takes. */
export interface SecureOptions {
  /** How well the secret is kept: `mask` (default), `encrypt` or `sealed`. */
  readonly level?: SecretLevel;
  /**
   * What it opens to: `text`, `number`, `bytes` (the text's UTF-8, or the decoded rest of a text that begins with
   * `base64:`) or `json`. Default: what the field's other decorators say, else text; for `sealed` bytes, because a text
   * cannot be zeroed.
   */
  readonly as?: SecretForm;
  /**
   * The only consumers that may open it, each through `@InjectSecret`: classes, a function that gives them where the two
   * files import each other, or `injected` for every class that injects it, so that the settings import none of them. Of
   * a `sealed` one, nobody may when absent.
   */
  readonly readers?: SecretReaders | (() => readonly SecretReader[]);
  /** Whether each use is recorded in the audit log: `required` or `best-effort`. Not recorded when absent. */
  readonly audit?: SecretAudit;
  /** True when nobody need set it. */
  readonly optional?: boolean;
}

/** What `@Secure` wrote about a field. */
export type SecureDeclaration = SecureOptions & { readonly level: SecretLevel };
