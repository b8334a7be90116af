/**
 * The bytes of a base64url text; undefined unless it is written in the one canonical way: no padding, no blanks, no other
 * alphabet, no stray bits at the end. Node's own decoder skips over all of that, which would give one secret many texts.
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') === text) return bytes;
  bytes.fill(0);
  return undefined;
}
