import type { Finding } from './finding.js';
import { type DeclaredSecrets, scanFields } from './scan-fields.js';
import { scanText } from './scan-text.js';
import { isTypeScript, undeclaredSecrets } from './undeclared-secrets.js';

/**
 * Everything found in one file, in the order of its lines. With the settings classes also what they declare secret;
 * of a line that both see, what the classes say.
 */
export async function scanFile(
  file: string,
  text: string,
  secrets: DeclaredSecrets | undefined,
): Promise<readonly Finding[]> {
  const declared = secrets === undefined ? [] : await scanFields(file, text, secrets);
  const known = new Set(declared.map(({ line }) => line));
  const others = scanText(text).filter(({ line, rule }) => rule !== 'secret-value' || !known.has(line));
  const undeclared = isTypeScript(file) ? undeclaredSecrets(text) : [];
  return [...declared, ...others, ...undeclared]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map((place) => ({ file, ...place }));
}
