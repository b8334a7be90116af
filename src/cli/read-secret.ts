import { UsageError } from './usage-error.js';

const [END_OF_LINE, BACKSPACE, STOP] = [[0x0a, 0x0d, 0x04], [0x08, 0x7f], 0x03];
const MOST_BYTES = 16 * 1024 * 1024;

/** An input: a terminal, or whatever another program writes. */
export interface SecretInput extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  /** What is read next, as streams have it: ending it leaves the input open. */
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<Uint8Array>;
  /** Puts back what was read too much. */
  unshift(chunk: Uint8Array): void;
}

/**
 * Reads a value that must not be seen: from a terminal a line, which it does not show; from anything else all there is,
 * without the line break at its end.
 *
 * @throws UsageError when it is empty, too large or given up.
 */
export async function readSecret(input: SecretInput, ask: (text: string) => void, prompt: string): Promise<Buffer> {
  const bytes = input.isTTY === true ? await readLine(input, ask, prompt) : await readAll(input);
  if (bytes.length === 0) throw new UsageError('There is no value.', 'Type it, or pipe it into the command.');
  return bytes;
}

async function readLine(input: SecretInput, ask: (text: string) => void, prompt: string): Promise<Buffer> {
  const typed: number[] = [];
  ask(prompt);
  input.setRawMode?.(true);
  try {
    // Another one may be asked for after this.
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      for (const [at, byte] of chunk.entries()) {
        if (byte === STOP) throw new UsageError('Given up.');
        if (END_OF_LINE.includes(byte)) {
          if (at + 1 < chunk.length) input.unshift(chunk.subarray(at + 1));
          return Buffer.from(typed);
        }
        if (!BACKSPACE.includes(byte)) typed.push(byte);
        else while (((typed.pop() ?? 0) & 0xc0) === 0x80);
      }
    }
    return Buffer.from(typed);
  } finally {
    typed.fill(0);
    input.setRawMode?.(false);
    ask('\n');
  }
}

async function readAll(input: SecretInput): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new UsageError('The value is larger than 16 MiB.');
    chunks.push(chunk);
  }
  const all = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  let end = all.length;
  if (all[end - 1] === 0x0a) end--;
  if (all[end - 1] === 0x0d && end < all.length) end--;
  return all.subarray(0, end);
}
