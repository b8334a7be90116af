import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import { formatIssue } from '../../src/core/index.js';
import { rule } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, Rule } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { issuesOf, refused } from './loading.js';

class PoolSettings {
  @IsInt() min = 0;
  @IsInt() max = 10;

  @Rule('min must not exceed max', { fields: ['min', 'max'], hint: 'Lower min.' })
  isOrdered(): boolean {
    return this.min <= this.max;
  }

  @Rule('must be small')
  isSmall(): boolean {
    return this.max < 1000;
  }
}

@ConfigSection('database')
class DatabaseSettings {
  @IsInt() port = 1;
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
  @ListOf(() => PoolSettings) pools: PoolSettings[] = [];
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 2;
}

const differ = (options?: { readonly fields: readonly string[] }) => ({
  rules: [
    rule('ports must differ', [DatabaseSettings, HttpSettings], (one, other) => one.port !== other.port, options),
  ],
});

async function texts(...parameters: Parameters<typeof refused>): Promise<readonly string[]> {
  return (await refused(...parameters)).issues.map(formatIssue);
}

describe('the place of a rule', () => {
  it('is that of every field it names, defaults included', async () => {
    expect(await texts([DatabaseSettings], { database: { pool: { min: 11 } } })).toEqual([
      'database.pool.min: min must not exceed max\n' +
        '    from database.pool.min (object)\n    and database.pool.max (default)\n    Lower min.',
    ]);
  });

  it('is where each field was set', async () => {
    const sources = [
      object({ database: { pool: { min: 5 } } }, { name: 'low' }),
      object({ database: { pool: { max: 4 } } }, { name: 'high' }),
    ];
    const { issues } = await refused([DatabaseSettings], sources);
    expect(issues).toMatchObject([{ origin: { source: 'low' }, related: [{ source: 'high' }] }]);
  });

  it('is nowhere for a section, whose keys come from many layers', async () => {
    const sources = [object({ database: { pool: { max: 1000 } } }), object({ database: { port: 1 } })];
    expect(await texts([DatabaseSettings], sources)).toEqual(['database.pool: must be small']);
  });

  it('is that of the item for a section in a list', async () => {
    expect(await texts([DatabaseSettings], { database: { pools: [{ max: 1000 }] } })).toEqual([
      'database.pools.0: must be small\n    from database.pools.0 (object)',
    ]);
  });
});

describe('the place of a rule over several sections', () => {
  const both = [DatabaseSettings, HttpSettings];
  const same = { database: { port: 80 }, http: { port: 80 } };

  it('is nowhere when it names no fields', async () => {
    expect(await texts(both, same, differ())).toEqual(['database: ports must differ']);
  });

  it('is that of the fields it names from the root', async () => {
    expect(await texts(both, same, differ({ fields: ['http.port', 'database.port'] }))).toEqual([
      'http.port: ports must differ\n    from http.port (object)\n    and database.port (object)',
    ]);
  });

  it('gives way to the field that a violation names', async () => {
    const placed = rule('ports', both, () => ({ message: 'is taken', path: 'http.port' }), {
      fields: ['database.port'],
    });
    const { issues } = await refused(both, same, { rules: [placed] });
    expect(issues).toMatchObject([{ path: ['http', 'port'], origin: { key: 'http.port' } }]);
    expect(issues[0]).not.toHaveProperty('related');
  });
});

describe('a section that is no group', () => {
  it('is told where it stands', async () => {
    expect(await issuesOf([HttpSettings], { http: 5 })).toHaveLength(1);
    expect((await refused([HttpSettings], { http: 5 })).issues[0]?.origin).toMatchObject({ key: 'http' });
  });
});
