import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse as parseDotenv } from 'dotenv';
import fc from '../../fast-check.js';
import { dump, load as parseYaml } from 'js-yaml';
import { parse as parseToml, stringify as writeToml } from 'smol-toml';
import { rotateSecrets } from '../../../src/keys.js';
import { addFiles, temporaryFolder } from '../../sources/file-fixtures.js';
import { after, encrypted, opened, tokensIn, withoutTokens } from './rotating.js';

/** Texts of all formats, with values and without. */
const leaf = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }).map((text) => encrypted(text)) },
  fc.string({ maxLength: 20, unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
);
const key = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/).filter((name) => name !== 'constructor');
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, tie('tree'), fc.array(leaf, { maxLength: 3 })), {
    maxKeys: 6,
  }),
}));
const flat = fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_]{0,8}$/), leaf, { maxKeys: 6 });

const ending = fc.constantFrom('\n', '\r\n');
const format = fc.oneof(
  fc.record({ value: tree, indent: fc.constantFrom(0, 2, '\t') }).map(({ value, indent }) => ({
    text: JSON.stringify(value, undefined, indent),
    parse: (text: string): unknown => JSON.parse(text),
  })),
  fc
    .record({ value: tree, quotes: fc.constantFrom('single', 'double'), flow: fc.integer({ min: -1, max: 2 }) })
    .map(({ value, quotes, flow }) => ({
      text: `# ${encrypted('in a comment')}\n${dump(value, { lineWidth: -1, flowLevel: flow, quoteStyle: quotes === 'single' ? 'single' : 'double' })}`,
      parse: (text: string): unknown => parseYaml(text),
    })),
  tree.map((value) => ({
    text: `# comment\n${writeToml(value as Parameters<typeof writeToml>[0])}`,
    parse: (text: string): unknown => parseToml(text),
  })),
  fc.record({ value: flat, quote: fc.constantFrom('', '"', "'") }).map(({ value, quote }) => ({
    text: Object.entries(value)
      .map(([name, each]) => `export ${name}=${quote}${String(each)}${quote} # why`)
      .join('\n'),
    parse: (text: string): unknown => parseDotenv(text),
  })),
);
/** How a text lies in its file. */
const dress = fc.record({ ending, mark: fc.constantFrom('', '\uFEFF'), tail: fc.constantFrom('', '\n', '  \n\n') });

/** A tree with what its values hold in their place. */
function readable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' && each.startsWith('{jwe}') ? ['opened', opened(each)] : each,
  ) as unknown;
}

describe('a rotated file', () => {
  it('differs in the characters of its values alone, and means the same, whatever its format', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'settings');
    await fc.assert(
      fc.asyncProperty(format, dress, async ({ text, parse }, { ending: lineEnd, mark, tail }) => {
        const was = `${mark}${text.replaceAll('\n', lineEnd)}${tail}`;
        await addFiles(folder, { settings: was });
        const report = await rotateSecrets({ files: [file], keyset: after });
        const bytes = await readFile(file);
        const now = bytes.toString('utf8');
        expect(withoutTokens(now)).toBe(withoutTokens(was));
        expect(tokensIn(now).map((token) => opened(token))).toEqual(tokensIn(was).map((token) => opened(token)));
        expect(tokensIn(now).every((token) => after.inspect(token)?.kid === 'orders/3')).toBe(true);
        expect([report.complete, report.rotated]).toEqual([true, tokensIn(was).length]);
        const body = (each: string): string => each.slice(mark.length);
        expect(readable(parse(body(now)))).toEqual(readable(parse(body(was))));
      }),
    );
  });

  it('keeps every byte of what is no text at all', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'settings');
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constant('{jwe}'),
      fc.constant('{jw'),
      fc.constant('TOKEN'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
        const token = encrypted('x');
        // A line break, so that no token runs on into what follows it.
        const was = parts
          .map((each) => (each === 'TOKEN' ? `${token}\n` : each))
          .map((each) => Buffer.from(each as string));
        await addFiles(folder, { settings: Buffer.concat(was) });
        const tokens = Buffer.concat(was).toString('latin1').split(token).length - 1;
        const { rotated } = await rotateSecrets({ files: [file], keyset: after });
        const now = (await readFile(file)).toString('latin1');
        const [first = ''] = tokensIn(now).filter((each) => after.inspect(each)?.kid === 'orders/3');
        expect(rotated).toBe(tokens);
        expect(now.replaceAll(/\{jwe\}[\w.-]{60,}/g, token)).toBe(Buffer.concat(was).toString('latin1'));
        expect(first === '').toBe(tokens === 0);
      }),
    );
  });
});
