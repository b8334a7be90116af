import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';
import { object } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { HttpSettings } from './shop-settings.js';

const definition = module({ sections: [HttpSettings], sources: [object({ http: { host: 'shop' } })] });

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'app/uno.config.js': '' });
});

afterAll(() => removeFolder(folder));

/** The first words of all commands. */
const NAMES = [...new Set(COMMANDS.map(({ name }) => name.replace(/ .*/, '')))].join(', ');

describe('runCli', () => {
  it('lists the commands and the exit codes when asked for help', async () => {
    const { code, out, error } = await run(folder, ['--help']);
    expect([code, error]).toEqual([0, '']);
    for (const name of ['validate', 'explain', 'print', 'init']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(out).toContain('  2  the command line cannot be understood, or the configuration file cannot be used');
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))('lets %s write JSON', (_name, { options }) => {
    expect(options['format']?.choices).toContain('json');
    expect(options['json']).toMatchObject({ type: 'boolean', description: 'the same as --format json' });
  });

  it('gives the same help for -h and help', async () => {
    const { out } = await run(folder, ['--help']);
    expect((await run(folder, ['-h'])).out).toBe(out);
    expect((await run(folder, ['help'])).out).toBe(out);
  });

  it.each([
    ['validate', 'Usage: uno-config validate [options]\n'],
    ['explain', 'Usage: uno-config explain <path> [options]\n'],
    ['print', '--format <yaml|json|env>'],
    ['init', '--dir <folder>'],
  ])('shows the page of %s, whatever else stands on the line', async (name, part) => {
    const { code, out } = await run(folder, [name, '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining(part)]);
    expect((await run(folder, ['help', name])).out).toBe(out);
  });

  it.each([
    'validate',
    'explain',
    'print',
    'diff',
    'watch',
    'scan',
    'audit verify',
    'audit tail',
    'encrypt',
    'seal',
    'keys generate',
    'keys list',
    'keys rotate',
  ])('offers JSON of %s in both spellings', async (name) => {
    const { out } = await run(folder, ['help', ...name.split(' ')]);
    expect(out).toMatch(/--format <[a-z|]*json[a-z|]*>/);
    expect(out).toContain('--json');
  });

  it('says its version', async () => {
    expect(await run(folder, ['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
    expect(await run(folder, ['-v'])).toMatchObject({ code: 0, out: '1.2.3\n' });
  });

  it('shows the help as an error when there is no command', async () => {
    expect(await run(folder, [])).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Commands:') });
  });

  it.each([
    ['validte', 'uno-config: There is no command "validte".\nDid you mean validate?\n'],
    ['zzz', `uno-config: There is no command "zzz".\nThe commands are ${NAMES}; see uno-config --help.\n`],
    ['--verbose', `uno-config: There is no option "--verbose".\nThe commands are ${NAMES}; see uno-config --help.\n`],
  ])('refuses %s', async (word, error) => {
    expect(await run(folder, [word])).toMatchObject({ code: 2, out: '', error });
  });

  it('works in the folder of --cwd', async () => {
    const { code, folders } = await run(folder, ['validate', '--cwd', 'app'], definition);
    expect([code, folders]).toEqual([0, [join(folder, 'app')]]);
  });

  it('refuses a --cwd that is no folder', async () => {
    const { code, error, folders } = await run(folder, ['validate', '--cwd', 'app/uno.config.js'], definition);
    expect([code, folders]).toEqual([2, []]);
    expect(error).toBe(
      `uno-config: There is no folder app/uno.config.js.\nIt was looked for at ${join(folder, 'app/uno.config.js')}.\n`,
    );
  });

  it('hands what follows -- to the program', async () => {
    const words = ['validate', '--cwd', 'app', '--', '--http.port=1', '--', 'x'];
    expect((await run(folder, words, definition)).programArguments).toEqual(['--http.port=1', '--', 'x']);
    expect((await run(folder, words.slice(0, 3), definition)).programArguments).toEqual([]);
  });

  it('paints only where colours are welcome', async () => {
    expect((await run(folder, ['zzz'], undefined, true)).error).toContain('\u001b[31muno-config\u001b[39m: ');
    expect((await run(folder, ['zzz'])).error).not.toContain('\u001b');
  });

  it('tells where an error that nobody foresaw was thrown, without the credentials it quotes', async () => {
    const broken = {
      sections: [HttpSettings],
      sources: [],
      get rules(): never {
        throw new RangeError('no postgres://app:hunter2@db');
      },
    };
    const { code, error } = await run(folder, ['validate', '--cwd', 'app'], { default: broken });
    expect(code).toBe(2);
    expect(error).toMatch(/^uno-config: RangeError: no postgres:\/\/\[secure\]@db\n +at /);
  });
});
