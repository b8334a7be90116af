import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { explainFully, loadGeneration } from '../../src/runtime/index.js';
import { selectorsOf } from '../../src/runtime/plan/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { configFolder, object } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from '../cli/fake-io.js';
import { temporaryFolder } from '../sources/file-fixtures.js';

@ConfigSection('pool')
class PoolSettings {
  @IsInt() size = 1;
}

const FILES = {
  'app.yaml': 'pool: { size: 2 }',
  'app.production.eu.yaml': 'pool: { size: 3 }',
  'app.production.eu.canary.yaml': 'pool: { size: 4 }',
};

describe('selectors', () => {
  it('are those of the options, then those of variables', () => {
    const env = { UNO_ENV: 'prod', AWS_REGION: 'eu', UNO_ZONE: 'a', UNO_DEPLOYMENT: 'blue', HOSTNAME: 'pod-1' };
    expect(selectorsOf({ env })).toEqual({
      environment: 'production',
      region: 'eu',
      zone: 'a',
      deployment: 'blue',
      instance: 'pod-1',
    });
    const options = {
      environment: 'test',
      region: 'us',
      zone: 'b',
      deployment: 'green',
      cohort: 'canary',
      instance: 'x',
    };
    expect(selectorsOf({ ...options, env })).toEqual(options);
  });

  it('are left out by an option that is empty', () => {
    expect(selectorsOf({ env: { AWS_REGION: 'eu' }, region: '' })).toEqual({ environment: 'development' });
  });

  it('are named by explain, and by the report of what is not valid', async () => {
    const folder = await temporaryFolder({ ...FILES });
    const load = async (sources: readonly object[]): ReturnType<typeof loadGeneration> =>
      loadGeneration({
        sections: [PoolSettings],
        sources: [configFolder(folder), ...sources.map((values) => object(values))],
        env: { UNO_ENV: 'production', AWS_REGION: 'eu', UNO_COHORT: 'canary' },
      });
    const explanation = explainFully(await load([]), 'pool.size');
    expect(explanation.toString().replaceAll(`${folder}/`, '')).toBe(
      [
        'pool.size = 4',
        '  from pool.size (app.production.eu.canary.yaml:1:15), chosen by environment production, region eu, cohort canary',
        '  over pool.size (app.production.eu.yaml:1:15), chosen by environment production, region eu: 3',
        '  over pool.size (app.yaml:1:15): 2',
        '  over pool.size (default): 1',
      ].join('\n'),
    );
    expect([explanation.winner, ...explanation.losers].map((value) => value?.chosenBy)).toEqual([
      { environment: 'production', region: 'eu', cohort: 'canary' },
      { environment: 'production', region: 'eu' },
      undefined,
      undefined,
    ]);
    await expect(load([{ pool: { size: 'x' } }])).rejects.toThrow('1 setting is not valid (production, eu, canary):');
  });

  it('are options of the command line', async () => {
    const folder = await folderWith({ 'uno.config.ts': '', ...FILES });
    const exported = module({ sections: [PoolSettings], sources: [configFolder(folder)], env: { HOSTNAME: 'pod-1' } });
    const sizes = [
      ['--cohort', 'canary'],
      ['--cohort', 'none'],
      ['--cohort', 'none', '--region', 'us'],
    ].map(async (more) => {
      return (await run(folder, ['print', '--env', 'prod', '--region', 'eu', '--json', ...more], exported)).out;
    });
    expect((await Promise.all(sizes)).map((out) => JSON.parse(out) as unknown)).toEqual(
      [4, 3, 2].map((size) => ({ pool: { size } })),
    );
    await removeFolder(folder);
  });
});
