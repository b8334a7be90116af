import { looksSecret, maskUrlCredentials } from '../../core/index.js';

/**
 * True when a text seems to hold a secret, whatever its key is called: credentials in a URL, `password=…` in a connection
 * string or query, `"apiKey": …` in JSON, a private key. Errs on the side of secrecy.
 */
export function seemsSecretText(text: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return true;
  if (maskUrlCredentials(text) !== text) return true;
  for (const [, key = ''] of text.matchAll(/([\w-]{1,100})["']?\s{0,10}[:=]/g)) {
    if (looksSecret(key)) return true;
  }
  return false;
}
