import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readSecret, type SecretInput } from '../../src/cli/read-secret.js';

/** An input that gives these bytes, and what was shown meanwhile. */
function input(chunks: readonly (string | readonly number[])[], terminal: boolean) {
  const shown: unknown[] = [];
  const stream = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk as string)),
    { objectMode: false },
  );
  const source: SecretInput = Object.assign(stream, { isTTY: terminal, setRawMode: (raw: boolean) => shown.push(raw) });
  return { shown, read: () => readSecret(source, (text) => shown.push(text), 'Value: ') };
}

describe('readSecret', () => {
  it('reads a line from a terminal, shows nothing of it, and leaves the terminal as it was', async () => {
    const { read, shown } = input(['sw', 'orx', [0x7f], 'dfishé', [0x7f], '\r', 'more'], true);
    expect((await read()).toString()).toBe('swordfish');
    expect(shown).toEqual(['Value: ', true, false, '\n']);
  });

  it.each([
    ['typed one after the other', ['sword', 'fish\r', 'pearl\r']],
    ['pasted at once', ['swordfish\rpearl\r']],
  ])('reads two lines from a terminal that are %s', async (_, chunks) => {
    const { read } = input(chunks, true);
    expect([(await read()).toString(), (await read()).toString()]).toEqual(['swordfish', 'pearl']);
  });

  it.each([
    ['swordfish\n', 'swordfish'],
    ['swordfish\r\n', 'swordfish'],
    ['sword\nfish\n\n', 'sword\nfish\n'],
    ['swordfish\r', 'swordfish\r'],
  ])('reads all that another program writes: %j', async (written, value) => {
    const { read, shown } = input([written.slice(0, 4), written.slice(4)], false);
    expect([(await read()).toString(), shown]).toEqual([value, []]);
  });

  it.each([
    [['\n'], false, 'There is no value.', []],
    [['\r'], true, 'There is no value.', ['Value: ', true, false, '\n']],
    [['swo', [0x03]], true, 'Given up.', ['Value: ', true, false, '\n']],
  ])('refuses %j', async (chunks, terminal, message, wanted) => {
    const { read, shown } = input(chunks, terminal);
    await expect(read()).rejects.toThrow(message);
    expect(shown).toEqual(wanted);
  });
});
