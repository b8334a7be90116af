import fc from '../fast-check.js';
import { describe, expect, it } from '@jest/globals';
import { lines, serverSentEvents } from '../../src/http/index.js';

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(text);
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('lines', () => {
  it('are the same however the text is cut into pieces', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'ä', '😀', '\r\n', '\n', '\r'), { maxLength: 30 })
      .map((parts) => parts.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, sizes, async (whole, pieces) => {
        const expected = whole.split(/\r\n|\n|\r/);
        if (expected.at(-1) === '') expected.pop();
        expect(await all(lines(inPieces(whole, pieces)))).toEqual(expected);
      }),
    );
  });

  it('have a largest length', async () => {
    await expect(all(lines(inPieces('x'.repeat(11), [5]), 10))).rejects.toThrow('a line of the answer is too long');
  });
});

describe('serverSentEvents', () => {
  it('have a largest length, however many lines they are', async () => {
    const endless = 'data\n'.repeat(2 ** 20 + 1);
    await expect(all(serverSentEvents(inPieces(endless, [65_536])))).rejects.toThrow(
      'an event of the answer is too long',
    );
    const many = `data: ${'x'.repeat(1_000)}\n\n`.repeat(2_000);
    expect(await all(serverSentEvents(inPieces(many, [65_536])))).toHaveLength(2_000);
  });

  it('are read as the standard has it', async () => {
    const text =
      '\uFEFF: a remark\nretry: 10\n\n' +
      'id: 41\nevent: changed\ndata: {"a":\ndata:1}\n\n' +
      'data\n\n' +
      'event: nothing\n\n' +
      'id: 4\0 2\ndata:  two spaces\n\n' +
      'data: cut';
    expect(await all(serverSentEvents(inPieces(text, [3])))).toEqual([
      { type: 'changed', data: '{"a":\n1}', id: '41' },
      { type: 'message', data: '', id: '41' },
      { type: 'message', data: ' two spaces', id: '41' },
    ]);
  });
});
