import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { postgresWorld } from '../databases/postgres-world.js';
import { serviceProgram } from '../service-program.js';
import { canProject, projectionProgram, Totals } from './projection-world.js';

const isHere = await canProject();
/** 50 in the proof. */
const KILLS = Math.min(50, Math.ceil(PROOF_RUNS / 10));

async function startProgram(settings: object, name: string): Promise<ChildProcess> {
  const args = [serviceProgram('projections/project-until-killed.js'), JSON.stringify(settings), name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

(isHere ? describe : describe.skip)('a projector that is killed beside another one', () => {
  it(
    `loses no event, takes none twice, and ends its rebuild: killed ${String(KILLS)} times`,
    async () => {
      const world = await postgresWorld('killedprojector');
      const watcher = await projectionProgram(world.settings, [Totals], { default: { poll: '20ms' }, lease: '500ms' });
      const programs = [await startProgram(world.settings, 'a'), await startProgram(world.settings, 'b')];
      for (let kills = 0; kills < KILLS; kills++) {
        if (kills % 2 === 0) await watcher.projections.rebuild('totals');
        await setTimeout(Math.random() * 400);
        const [victim] = programs.splice(kills % 2, 1);
        if (victim !== undefined) await kill(victim);
        programs.push(await startProgram(world.settings, `c${String(kills)}`));
      }
      await Promise.all(programs.map(kill));
      const { projections } = watcher;
      while ((await projections.health()).projections.some(({ isRebuilding }) => isRebuilding)) await setTimeout(20);
      await projections.caughtUp();
      const [counts] = await world.ask(`select (select count(*) from seen)::int as seen,
        (select count(*) from emt_messages)::int as stored`);
      expect(counts?.['seen']).toBe(counts?.['stored']);
      expect(counts?.['stored']).toBeGreaterThan(0);
      await expect(world.ask('select product, total::int as total from totals order by product')).resolves.toEqual(
        await world.ask(`select message_data->>'product' as product, sum((message_data->>'n')::int)::int as total
          from emt_messages group by 1 order by 1`),
      );
      await watcher.close();
      await world.close();
    },
    300_000 + KILLS * 10_000,
  );
});
