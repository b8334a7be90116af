import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { section } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { HttpSettings } from './shop-settings.js';

@ConfigSection('orders', { domain: 'sales', description: 'How orders are taken.' })
class OrderSettings {
  @IsInt() limit = 10;
}

const exported = module({
  sections: [
    HttpSettings,
    OrderSettings,
    section(OrderSettings, { path: 'returns', name: 'returns' }),
    section(OrderSettings, { path: 'parcels', name: 'parcels', domain: 'shipping' }),
  ],
  sources: [object({ orders: { limit: 3 } })],
});

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('list', () => {
  it('lists the sections by domain', async () => {
    expect(await run(folder, ['list'], exported)).toMatchObject({
      code: 0,
      out: `without a domain
  http     HttpSettings
sales
  orders   OrderSettings: How orders are taken.
  returns  OrderSettings ("returns"): How orders are taken.
shipping
  parcels  OrderSettings ("parcels"): How orders are taken.
`,
    });
  });

  it('lists those of one domain as JSON', async () => {
    const { out } = await run(folder, ['list', '--domain', 'shipping', '--json'], exported);
    expect(JSON.parse(out)).toEqual([
      {
        section: 'parcels',
        class: 'OrderSettings',
        name: 'parcels',
        domain: 'shipping',
        description: 'How orders are taken.',
      },
    ]);
  });

  it('suggests the domain that may be meant', async () => {
    const { code, error } = await run(folder, ['list', '--domain', 'slaes'], exported);
    expect([code, error]).toEqual([2, 'uno-config: There is no domain "slaes".\nDid you mean sales?\n']);
  });

  it('says so where no section has a domain', async () => {
    const { error } = await run(folder, ['list', '--domain', 'x'], module({ sections: [HttpSettings], sources: [] }));
    expect(error).toBe('uno-config: There is no domain "x".\nNo section has one.\n');
  });
});

describe('print --domain', () => {
  it('prints the settings of one domain', async () => {
    const { out } = await run(folder, ['print', '--domain', 'sales'], exported);
    expect(out).toBe('orders:\n  limit: 3\nreturns:\n  limit: 10\n');
  });
});
