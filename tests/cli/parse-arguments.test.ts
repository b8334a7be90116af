import { describe, expect, it } from '@jest/globals';
import { formats } from '../../src/cli/common-options.js';
import type { Command, CommandOptions } from '../../src/cli/command.js';
import { parseArguments } from '../../src/cli/parse-arguments.js';

const options: CommandOptions = {
  format: { type: 'string', choices: ['text', 'json'], description: '' },
  config: { type: 'string', value: 'file', short: 'c', description: '' },
  all: { type: 'boolean', description: '' },
  help: { type: 'boolean', short: 'h', description: '' },
};

const command: Command = { name: 'show', summary: '', words: ['path'], options, run: () => Promise.resolve(0) };

const parse = (...argv: string[]) => parseArguments(command, options, argv);

describe('parseArguments', () => {
  it('reads options in every spelling, and words between them', () => {
    const args = parse('--format', 'json', 'a.b', '-c', 'x.ts', '--all');
    expect([args.text('format'), args.text('config'), args.flag('all'), args.words]).toEqual([
      'json',
      'x.ts',
      true,
      ['a.b'],
    ]);
    expect(parse('a', '--config=-x').text('config')).toBe('-x');
  });

  it('knows what is not given', () => {
    const args = parse('a');
    expect([args.text('format'), args.flag('all'), args.programArguments]).toEqual([undefined, false, []]);
  });

  it('takes --json and --format json for one option in two spellings', () => {
    const withJson = { ...options, ...formats(['yaml', 'json']) };
    const given = (...argv: string[]) => parseArguments(command, withJson, ['a', ...argv]);
    for (const args of [given('--json'), given('--format', 'json'), given('--json', '--format=json')])
      expect([args.flag('json'), args.text('format')]).toEqual([true, 'json']);
    expect(given('--format', 'yaml').flag('json')).toBe(false);
    expect(() => given('--json', '--format', 'yaml')).toThrow('--json and --format yaml ask for two forms.');
  });

  it('takes the last of an option that is given twice', () => {
    expect(parse('a', '-c', 'x', '-c', 'y').text('config')).toBe('y');
  });

  it('leaves alone what follows --', () => {
    expect(parse('a', '--', '--format', 'nothing').programArguments).toEqual(['--format', 'nothing']);
  });

  it.each([
    [['a', '--fromat', 'json'], 'show has no option --fromat.', 'Did you mean --format?'],
    [['a', '-x'], 'show has no option -x.', 'Its options are --format, --config, --all, --help.'],
    [['a', '--__proto__=1'], 'show has no option --__proto__.', 'Its options are --format, --config, --all, --help.'],
    [['a', '--constructor'], 'show has no option --constructor.', 'Its options are --format, --config, --all, --help.'],
    [['a', '--config'], '--config has no value.', 'Write --config <file>.'],
    [['a', '--config='], '--config has no value.', 'Write --config <file>.'],
    [['a', '--config', '--all'], '--config has no value.', 'Write --config <file>.'],
    [['a', '--all=yes'], '--all takes no value.', 'Write --all alone.'],
    [['a', '--format', 'jsn'], '--format cannot be "jsn".', 'Did you mean json?'],
    [['a', '--format', 'toml'], '--format cannot be "toml".', 'Legal: text, json.'],
    [[], 'show needs a path.', 'Write uno-config show <path>.'],
    [['a', 'b'], 'show does not take "b".', 'Write uno-config show <path>.'],
  ])('refuses %j', (argv, message, hint) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ name: 'UsageError', message, hint }));
  });

  it('asks for no words when help is wanted', () => {
    expect(parse('-h').flag('help')).toBe(true);
  });
});
