import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeysetDocument, type KeyDescription } from '../../../src/keys.js';
import { run, type Outcome } from '../fake-io.js';

/**
 * Runs the command line with keys called `orders/1`, `orders/2`, … by their order in a keyring file: where a word names
 * one, and in what is printed. A key that is not in the file has the next number.
 */
export async function numberedRun(...[folder, words, ...rest]: Parameters<typeof run>): Promise<Outcome> {
  const file = words.find((word) => word.endsWith('.json')) ?? 'keys.json';
  const before = await keysOf(join(folder, file));
  const named = words.map((word) => before[Number(/^orders\/(\d)$/.exec(word)?.[1]) - 1]?.kid ?? word);
  const outcome = await run(folder, named, ...rest);
  const after = await keysOf(join(folder, file));
  return { ...outcome, out: numberedIn(outcome.out, after), error: numberedIn(outcome.error, after) };
}

/** A text with the keys of a keyring called `orders/1`, `orders/2`, … */
export function numberedIn(text: string, keys: readonly Pick<KeyDescription, 'kid'>[]): string {
  const kids = keys.map(({ kid }) => kid);
  return text.replaceAll(/\b(\w+)\/[\w-]{16}(?![\w-])/g, (kid, name: string) => {
    if (!kids.includes(kid)) kids.push(kid);
    return `${name}/${String(kids.indexOf(kid) + 1)}`;
  });
}

async function keysOf(path: string): Promise<readonly KeyDescription[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text?.startsWith('{') === true ? KeysetDocument.parse(text).keys : [];
}
