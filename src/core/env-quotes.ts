/**
 * Text as the value of a variable in an environment file: in quotes that dotenv and shells read alike, or else in those that
 * dotenv reads; `undefined` where it reads it in none.
 */
export function envQuoted(text: string): string | undefined {
  if (/^[\w./:@%+,=-]*$/.test(text)) return text;
  // A backslash would take the closing quote with it, up to the next one in the file.
  if (text.endsWith('\\')) return /^[^\s'"`#][^\r\n#]*$/.test(text) ? text : undefined;
  if (!/['\r]/.test(text)) return `'${text}'`;
  if (!/["\\$`\r]/.test(text)) return `"${text}"`;
  if (!/[`\r]/.test(text)) return `\`${text}\``;
  return /"|\\[nr]/.test(text) ? undefined : `"${text.replaceAll('\r', '\\r')}"`;
}
