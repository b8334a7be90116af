import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { folderWith, removeFolder, run } from './fake-io.js';

let folder: string;

beforeAll(async () => {
  folder = await folderWith({});
});

afterAll(() => removeFolder(folder));

describe('a command of a group', () => {
  it('has a page of its own', async () => {
    const { code, out } = await run(folder, ['audit', 'verify', '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('Usage: uno-config audit verify <log> [options]\n')]);
    expect((await run(folder, ['help', 'audit', 'verify'])).out).toBe(out);
  });

  it.each([
    [['audit', '--help'], 0, 'out'],
    [['audit', '-h'], 0, 'out'],
    [['help', 'audit'], 0, 'out'],
    [['audit'], 2, 'error'],
  ] as const)('is listed by %j', async (argv, code, output) => {
    const outcome = await run(folder, argv);
    expect(outcome.code).toBe(code);
    expect(outcome[output]).toBe(`Usage: uno-config audit <command> [options]

Commands:
  verify  verify that an audit log is unchanged, and report each change
  tail    print the last events of an audit log, and those that are added to it

See uno-config audit <command> --help.
`);
  });

  it.each([
    [['audit', 'verfy'], 'audit has no command "verfy".\nDid you mean verify?\n'],
    [['audit', 'zzz'], 'audit has no command "zzz".\nIts commands are verify, tail; see uno-config audit --help.\n'],
    [['audit', '--json'], 'audit has no option --json.\nWrite uno-config audit <command>.\n'],
    [['audti'], 'There is no command "audti".\nDid you mean audit?\n'],
    [['audit', 'verify'], 'audit verify needs a log.\nWrite uno-config audit verify <log>.\n'],
  ])('is refused in %j', async (argv, error) => {
    expect(await run(folder, argv)).toMatchObject({ code: 2, out: '', error: `uno-config: ${error}` });
  });
});
