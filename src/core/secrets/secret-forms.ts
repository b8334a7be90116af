/** A kind of secret that shows by its own form. */
export interface KnownSecret {
  readonly rule: string;
  readonly what: string;
  /**
   * Matches the secret. Every repetition has an upper bound, and a match begins at few places of a line, so that the time
   * grows with the length of the string alone.
   */
  readonly form: RegExp;
  /** A further check where the form alone does not suffice. */
  readonly holds?: (match: string) => boolean;
}

const JWK_PART = 'the private part of a JSON Web Key';
/** 32 bytes or more: of AES-256, X25519, Ed25519, P-256 and what is longer. */
const JWK_FORM = /(?<=["'][kd]["']\s{0,5}:\s{0,5}["'])[\w-]{43,2000}(?=["'])/g;

/** Tokens whose issuers give them a form that scanners recognise; the issuer of each documents its form. */
export const SECRET_FORMS: readonly KnownSecret[] = [
  {
    rule: 'private-key',
    what: 'a private key',
    form: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
  },
  { rule: 'private-key', what: JWK_PART, form: JWK_FORM },
  {
    rule: 'private-key',
    what: `${JWK_PART}, in base64`,
    // How `{"` and `{` before a line break begin, as a variable of the environment holds a keyring.
    form: /(?<![\w+/-])e(?:yJ|wo|w0K)[A-Za-z0-9+/]{60,150000}={0,2}(?![\w+/=.-])/g,
    holds: (match) => Buffer.from(match, 'base64').toString('latin1').search(JWK_FORM) !== -1,
  },
  { rule: 'aws-access-key', what: 'an AWS access key', form: /\b(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    rule: 'github-token',
    what: 'a GitHub token',
    form: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b/g,
  },
  { rule: 'gitlab-token', what: 'a GitLab token', form: /\bglpat-[\w-]{20,100}/g },
  { rule: 'slack-token', what: 'a Slack token', form: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g },
  {
    rule: 'slack-webhook',
    what: 'a Slack webhook',
    form: /\bhttps:\/\/hooks\.slack\.com\/services\/T\w{6,20}\/B\w{6,20}\/\w{16,40}/g,
  },
  {
    rule: 'stripe-key',
    what: 'a Stripe key',
    form: /\b(?:(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{24,250}|whsec_[A-Za-z0-9+/]{16,250})/g,
  },
  { rule: 'npm-token', what: 'an npm token', form: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { rule: 'google-api-key', what: 'a Google API key', form: /\bAIza[\w-]{35}(?![\w-])/g },
  { rule: 'vault-token', what: 'a Vault token', form: /\bhv[sbr]\.[\w-]{24,300}/g },
  { rule: 'jwt', what: 'a JSON Web Token', form: /(?<![\w.-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000}/g },
  {
    rule: 'url-credentials',
    what: 'credentials in a URL',
    form: /(?<=(?<![\w+.-])[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#"'<>@:]{0,200}:[^\s/?#"'<>@]{1,200}(?=@)/gi,
  },
];
