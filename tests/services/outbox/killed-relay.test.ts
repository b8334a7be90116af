import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { postgresIsReachable, postgresWorld } from '../databases/postgres-world.js';
import { serviceProgram } from '../service-program.js';
import { outboxProgram, postgresDatabase } from './outbox-world.js';

const postgres = await postgresIsReachable();
const KILLS = Math.ceil(PROOF_RUNS / 10);
const [WRITERS, KEYS] = [4, 8];

class Counted {
  public constructor(public readonly n: number) {}
}

async function startRelay(settings: object): Promise<ChildProcess> {
  const args = [serviceProgram('outbox/relay-until-killed.js'), JSON.stringify(settings)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

(postgres ? describe : describe.skip)('a relay that is killed beside another one', () => {
  it(
    `loses nothing, invents nothing, keeps the order, and the inbox makes it once: ${String(KILLS)} times`,
    async () => {
      const world = await postgresWorld('relay');
      await world.ask('create table deliveries (position serial primary key, event_key text, seq bigint)');
      await world.ask('create table effects (event_key text, n int)');
      const writer = await outboxProgram(postgresDatabase(world.settings), undefined);
      const committed = new Map<string, number[]>();
      let [next, rolledBack, isWriting] = [0, 0, true];
      const write = async (): Promise<void> => {
        while (isWriting) {
          const n = next++;
          const [key, isGood] = [`k${String(n % KEYS)}`, n % 10 !== 0];
          const written = writer.work.run((tx) => {
            tx.raise(new Counted(n), { key });
            if (!isGood) throw new Error('rolled back');
          });
          await written.then(
            () => committed.set(key, [...(committed.get(key) ?? []), n]),
            () => rolledBack++,
          );
          // Writers are not to be faster than two small processes.
          await setTimeout(5);
        }
      };
      const relays = [await startRelay(world.settings), await startRelay(world.settings)];
      const writers = Array.from({ length: WRITERS }, write);
      for (let kills = 0; kills < KILLS; kills++) {
        await setTimeout(Math.random() * 300);
        const [victim] = relays.splice(kills % 2, 1);
        if (victim !== undefined) await kill(victim);
        relays.push(await startRelay(world.settings));
      }
      isWriting = false;
      await Promise.all(writers);
      await writer.outbox.drained();
      await Promise.all(relays.map(kill));

      const numbers = async (statement: string): Promise<ReadonlyMap<string, readonly number[]>> => {
        const found = new Map<string, number[]>();
        for (const { event_key: key, n } of await world.ask(statement)) {
          found.set(String(key), [...(found.get(String(key)) ?? []), Number(n)]);
        }
        return found;
      };
      const sorted = (map: ReadonlyMap<string, readonly number[]>) =>
        [...map].map(([key, all]) => [key, [...all].sort((a, b) => a - b)] as const).sort();
      expect(rolledBack).toBeGreaterThan(0);
      // Each once, and nothing else.
      expect(sorted(await numbers('select event_key, n from effects'))).toEqual(sorted(committed));
      const first = await numbers(
        'select event_key, seq as n from deliveries group by event_key, seq order by min(position)',
      );
      expect(first).toEqual(new Map(sorted(first)));
      await writer.close();
      await world.close();
    },
    300_000 + KILLS * 10_000,
  );
});
