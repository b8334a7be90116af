import { describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { emmett } from '../../../src/factories/projections/emmett/index.js';
import { Projection, ProjectionsSettings } from '../../../src/factories/projections/index.js';
import { projectionPlan } from '../../../src/factories/projections/port/index.js';
import { unitOfWork } from '../../../src/factories/transactions/index.js';
import { ConfigModule, ConfigSection, object } from '../../../src/index.js';

class Handler {
  public create(): void {
    // Nothing is made here.
  }
  public project(): void {
    // And nothing projected.
  }
}

@Projection('totals', { types: ['Placed'] })
class Totals extends Handler {}

const work = unitOfWork({ over: pg({ name: 'shop', from: PostgresSettings }) });

@ConfigSection('projections')
class ShopProjections extends ProjectionsSettings {}

async function planOf(projections: object): Promise<ReturnType<typeof projectionPlan>> {
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [ShopProjections], sources: [object({ projections })], env: {} }),
  );
  return projectionPlan(container.get(ShopProjections), 'totals');
}

describe('the settings of a projection', () => {
  it('come from its own, from those of all, and from the defaults, field by field', async () => {
    await expect(
      planOf({
        default: { batch: 50, 'on-error': 'park', retry: { 'max-attempts': 9 }, lag: { events: 10 } },
        named: { totals: { mode: 'inline', retry: { 'min-delay': '1s' }, lag: { age: '1m' } }, others: { batch: 1 } },
      }),
    ).resolves.toEqual({
      mode: 'inline',
      batch: 50,
      checkpoint: 5_000,
      poll: 200,
      timeout: 30_000,
      paused: false,
      lagEvents: 10,
      lagAge: 60_000,
      onError: 'park',
      maxAttempts: 9,
      minDelay: 1_000,
      maxDelay: 30_000,
      rebuild: 'on-new-version',
      rebuildBatch: 500,
    });
  });

  it('are refused where they make no sense', async () => {
    const bad = planOf({ default: { mode: 'sometimes' }, named: { totals: { batch: 0 } }, table: 'a; drop table b' });
    await expect(bad).rejects.toMatchObject({
      issues: [
        { path: ['projections', 'default', 'mode'] },
        { path: ['projections', 'named', 'totals', 'batch'] },
        { path: ['projections', 'table'] },
      ],
    });
  });
});

describe('Projection', () => {
  it('refuses what could not be projected', () => {
    class Half {
      public create(): void {
        // Nothing is made here.
      }
    }
    const declare = (...given: Parameters<typeof Projection>) => {
      Projection(...given)(Handler);
    };
    expect(() => {
      declare('Totals', { types: ['Placed'] });
    }).toThrow(
      'Projection(name): name must be 1 to 40 lower-case letters, digits, "_" and "-", and begin with a letter.',
    );
    expect(() => {
      declare('totals', { types: [] });
    }).toThrow('Projection("totals"): types must be the types of events, one or more strings.');
    expect(() => {
      declare('totals', { types: ['Placed'], version: 0 });
    }).toThrow('Projection: version must be');
    expect(() => {
      Projection('totals', { types: ['Placed'] })(Half);
    }).toThrow('Half has no method project(…); a projection needs create and project.');
  });
});

describe('emmett', () => {
  it('refuses what is no projection, two of a name, and other databases', () => {
    const made = (...projections: never[]) => emmett({ over: work, projections });
    expect(() => made(Handler as never)).toThrow('projections: Handler is not a class with @Projection(…).');
    expect(() => made(Totals as never, Totals as never)).toThrow('projections: two are named "totals".');
    const other = unitOfWork({ over: mysql({ name: 'other', from: MysqlSettings }) });
    expect(() => emmett({ over: other, projections: [] })).toThrow(
      'emmett: over must be a unit of work over PostgreSQL.',
    );
    expect(() => emmett({ over: 'shop' as never, projections: [] })).toThrow(
      'emmett: over must be what unitOfWork(…) gives',
    );
  });

  it('names itself after the database, and needs that and the unit of work', () => {
    const shop = emmett({ over: work, projections: [Totals] });
    expect(shop.name).toBe('shop projections');
    expect(shop.needs.map(({ name }) => name)).toEqual(['shop', 'shop transactions']);
  });
});
