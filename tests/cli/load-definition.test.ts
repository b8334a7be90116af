import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { object } from '../../src/sources/index.js';
import { rule } from '../../src/runtime/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const sources = [object({ http: { host: 'shop' } })];

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

const load = (exported: unknown) => run(folder, ['validate'], exported);

describe('loadDefinition', () => {
  it('takes what a compiler that writes CommonJS makes of a default export', async () => {
    const exported = { default: { __esModule: true, default: { sections: [HttpSettings], sources } } };
    expect((await load(exported)).code).toBe(0);
  });

  it.each([
    ['nothing', {}],
    ['undefined', undefined],
    ['a class', { default: HttpSettings }],
    ['no sources', { default: { sections: [HttpSettings] } }],
    ['named exports', { sections: [HttpSettings], sources }],
  ])('refuses a file that exports %s', async (_, exported) => {
    expect(await load(exported)).toMatchObject({
      code: 2,
      out: '',
      error:
        'uno-config: uno.config.ts does not export what is to be loaded.\n' +
        'Write: export default defineConfig({ sections: [HttpSettings], sources: [configFolder("config")] });\n',
    });
  });

  it.each([
    [
      'without sections',
      { sections: [], sources },
      'sections must be a list of one settings class or more; got an empty list.',
    ],
    [
      'with a section twice',
      { sections: [HttpSettings, HttpSettings], sources },
      'HttpSettings is listed twice, both times at "http".',
    ],
    [
      'with an illegal timeout',
      { sections: [HttpSettings], sources, timeout: '5' },
      'timeout must be a duration with a unit, such as 500ms, 10s or 1h30m; got "5": ',
    ],
    [
      'with a rule over a section that is not loaded',
      { sections: [HttpSettings], sources, rules: [rule('x', [DatabaseSettings], () => true)] },
      'rules: "x" reads DatabaseSettings, which is not among the sections.',
    ],
  ])('refuses a definition %s', async (_, definition, message) => {
    const { code, out, error } = await load(module(definition));
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(`uno-config: uno.config.ts cannot be used. ${message}`);
  });

  it('says why a file could not be imported', async () => {
    expect(await load(new RangeError('out of it'))).toMatchObject({
      code: 2,
      error: expect.stringMatching(/^uno-config: uno\.config\.ts could not be loaded\. RangeError: out of it\n/),
    });
  });
});
