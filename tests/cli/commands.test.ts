import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';

const GUIDE = resolve(import.meta.dirname, '../../docs/guide/command-line.md');

/** The commands that code of the guide names: `keys list|rotate <keyring>` are two, `tenants list|…` all of a group. */
function namesIn(code: string): readonly string[] {
  const words = code
    .replaceAll('\\|', '|')
    .replace(/ [[<-].*/, '')
    .split(' ');
  const [first = '', verbs = ''] = words;
  if (!verbs.includes('|')) return [words.join(' ')];
  return verbs.split('|').map((verb) => `${first} ${verb}`);
}

describe('the commands', () => {
  it('are those that the table at the head of the guide names, and all of them', async () => {
    const text = await readFile(GUIDE, 'utf8');
    const head = text.slice(0, text.indexOf('\n## ')).split('\n');
    const cells = head.flatMap((line) => /^\| (.*?[^\\]) \|/.exec(line)?.[1] ?? []);
    const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => namesIn(code)));
    const names = named.filter((name) => /^[a-z]/.test(name) && !name.includes('…'));
    const groups = named.filter((name) => name.endsWith('…')).map((name) => name.slice(0, -1));
    const commands = COMMANDS.map(({ name }) => name);
    expect(names.filter((name) => !commands.includes(name))).toEqual([]);
    const others = commands.filter((name) => !names.includes(name));
    expect(others.filter((name) => !groups.some((group) => name.startsWith(group)))).toEqual([]);
    // What the head leaves out of a group is in the table of the group.
    expect(others.filter((name) => !text.includes(`| \`${name}`))).toEqual([]);
  });
});
