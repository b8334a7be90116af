import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { emmett } from '../../../src/factories/projections/emmett/index.js';
import { ProjectionsSettings } from '../../../src/factories/projections/index.js';
import { unitOfWork } from '../../../src/factories/transactions/index.js';
import { object, section } from '../../../src/index.js';
import { folderWith, removeFolder, run } from '../../cli/fake-io.js';
import { postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { canProject, driver, eventually, placed, projectionProgram, Totals } from './projection-world.js';

const isHere = await canProject();

(isHere ? describe : describe.skip)('uno-config projections', () => {
  let world: PostgresWorld;
  let folder: string;
  let program: Awaited<ReturnType<typeof projectionProgram>>;
  let exported: object;
  const command = async (...words: string[]) => run(folder, ['projections', ...words], exported);

  beforeAll(async () => {
    world = await postgresWorld('projectioncommands');
    folder = await folderWith({ 'uno.config.ts': '' });
    program = await projectionProgram(world.settings, [Totals], { default: { poll: '20ms' } });
    await program.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await program.projections.caughtUp();
    const database = pg({ name: 'shop', from: PostgresSettings, driver: async () => import('pg') });
    const work = unitOfWork({ over: database });
    const shop = emmett({
      over: work,
      from: section(ProjectionsSettings, { path: 'projections' }),
      projections: [Totals],
      driver,
    });
    const sections = [
      section(PostgresSettings, { path: 'database' }),
      section(ProjectionsSettings, { path: 'projections' }),
    ];
    const sources = [object({ database: world.settings, projections: { default: { lag: { events: 1 } } } })];
    exported = { default: { sections, sources, env: {}, resources: [database, work, shop] } };
  });
  afterAll(async () => {
    await program.close();
    await world.close();
    await removeFolder(folder);
  });

  it('lists them, and leaves them to the service', async () => {
    await expect(command('list')).resolves.toMatchObject({
      code: 0,
      out: 'totals  version 1  async  running  caught up\n',
      error: '',
    });
    const { out } = await command('list', '--json');
    expect(JSON.parse(out)).toMatchObject([{ name: 'totals', version: 1, mode: 'async', state: 'running', behind: 0 }]);
  });

  it('pauses one, says that it is behind, and lets it go on', async () => {
    await expect(command('lag')).resolves.toMatchObject({ code: 0, out: 'totals  caught up\n' });
    await expect(command('pause', 'totals')).resolves.toMatchObject({ code: 0, out: 'totals is paused.\n' });
    await program.projections.store.appendToStream('order-1', [placed('tea', 2), placed('tea', 3)]);
    await expect(command('lag')).resolves.toMatchObject({
      code: 1,
      out: expect.stringMatching(/^totals {2}2 behind, \d+\.\d s .* It is 2 events behind\.\n$/) as unknown,
    });
    await expect(command('resume', 'totals')).resolves.toMatchObject({ code: 0, out: 'totals goes on.\n' });
    await program.projections.caughtUp();
  });

  it('has one rebuilt by the service', async () => {
    await expect(command('rebuild', 'totals')).resolves.toMatchObject({ code: 0, out: 'totals is to be rebuilt.\n' });
    await eventually(() => program.logger.of('config.projection.rebuilt').length === 1);
    await expect(world.ask('select total::int as total from totals')).resolves.toEqual([{ total: 6 }]);
  });

  it('names what there is when a name is wrong, and what to export when nothing is', async () => {
    const { code, error } = await command('pause', 'total');
    expect([code, error]).toEqual([2, expect.stringContaining('There is no projection "total".\nThere are totals.')]);
    await expect(command('forget', 'gone')).resolves.toMatchObject({ code: 2 });
    const bare = await run(folder, ['projections', 'list'], {
      default: { sections: [section(PostgresSettings, { path: 'database' })], sources: [] },
    });
    expect(bare.error).toContain(
      'uno.config.ts has no projections.\nList what they need as well: defineConfig({ …, resources: [database, work, projections] });',
    );
  });
});
