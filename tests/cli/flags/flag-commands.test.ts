import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Flag, FlagSettings } from '../../../src/flags/index.js';
import { section } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { object } from '../../../src/sources/index.js';
import { HttpSettings } from '../shop-settings.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';

@ConfigSection('features')
class Features extends FlagSettings {}

class ShopFlags {
  @Flag({ key: 'shop-new', default: false, owner: 'shop', expires: '2020-01-31' })
  public readonly isNew!: boolean;

  @Flag({ key: 'shop-bulk', default: 0, kind: 'ops' })
  public readonly bulk!: number;
}

const onOff = { variants: { on: true, off: false }, defaultVariant: 'off' };
const flags = { 'shop-new': onOff, old: { ...onOff, forced: 'on' }, api: { ...onOff, prerequisites: { old: 'on' } } };
const sources = [object({ features: { flags } })];
const exported = module({ sections: [Features], sources });

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('flags', () => {
  it('lists what is declared and defined', async () => {
    expect(await run(folder, ['flags', 'list'], exported)).toMatchObject({
      code: 0,
      out: `api        -        -     -           by rules     -                undeclared
old        -        -     -           on (forced)  -                undeclared
shop-bulk  ops      -     -           not defined  ShopFlags.bulk   undefined
shop-new   release  shop  2020-01-31  off          ShopFlags.isNew  expired, settled
`,
    });
    const { out } = await run(folder, ['flags', 'list', '--json'], exported);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ key: 'shop-new', findings: ['expired', 'settled'] }),
    );
  });

  it.each<[string, string[]]>([
    ['expired', ['shop-new']],
    ['stale', ['shop-new']],
    ['unknown', ['api', 'old', 'shop-bulk']],
  ])('fails where some are %s', async (name, keys) => {
    const { code, out } = await run(folder, ['flags', name, '--json'], exported);
    expect(new ShopFlags().isNew).toBeUndefined();
    expect([code, (JSON.parse(out) as { key: string }[]).map(({ key }) => key)]).toEqual([1, keys]);
    const nothing = module({ sections: [Features], sources: [object({ features: {} })] });
    expect((await run(folder, ['flags', name], nothing)).out).toContain('shop-new');
  });

  it('evaluates and explains', async () => {
    expect(await run(folder, ['flags', 'evaluate', 'api', 'shop-bulk'], exported)).toMatchObject({
      code: 0,
      out: `api        false  off  STATIC\nshop-bulk  0      -    DEFAULT\n`,
    });
    const { out } = await run(folder, ['flags', 'explain', 'api', '--context', '{"country":"NL"}'], exported);
    expect(out).toBe(
      [
        'api is false (variant off): STATIC',
        '     prerequisites.old wants "on" and "old" has on',
        '  -> defaultVariant is "off" for all that is left',
        '     from features.flags.api.defaultVariant (object)',
        '',
      ].join('\n'),
    );
  });

  it('says what cannot be meant', async () => {
    const errorOf = async (...words: string[]) => (await run(folder, ['flags', ...words], exported)).error;
    expect(await errorOf('explain', 'shop-nwe')).toContain('There is no flag "shop-nwe".\nDid you mean shop-new?');
    expect(await errorOf('evaluate', '--context', '[1]')).toContain('--context is not an object in JSON.');
    expect(await errorOf('evaluate', '--context', '{')).toContain(`Write --context '{"targetingKey":"ann"}'.`);
    expect(await errorOf('list', '--section', 'feature')).toContain('The sections of flags are features.');
    const two = module({ sections: [Features, section(FlagSettings, { path: 'more', name: 'more' })], sources });
    expect((await run(folder, ['flags', 'list'], two)).error).toContain('Name one: --section features, more.');
    expect((await run(folder, ['flags', 'list'], module({ sections: [HttpSettings], sources: [] }))).error).toContain(
      'List a class that extends FlagSettings under sections.',
    );
  });
});
