// What runs in a process of its own, started by leaks.test.ts with --expose-gc. Answers with one line of JSON.
import 'reflect-metadata';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { IsInt } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, monitorIdentifier } from '../../src/container/index.js';
import { createLayer, type ConfigSource } from '../../src/core/index.js';
import { ReloadService, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { jsonFile } from '../../src/sources/index.js';

/** What the process measured. */
export interface LeakFigures {
  readonly committed: number;
  /** Bytes of heap in use after collection: once warm, and after the reloads. */
  readonly before: number;
  readonly after: number;
  /** Listeners to the signal that ends a source's watching, and to the process signal: while open, twice, and once closed. */
  readonly listeners: readonly (readonly number[])[];
  /** Whether the source was told to end its watching. */
  readonly stopped: boolean;
  /** What Node says keeps the process from ending, once everything is closed. */
  readonly active: readonly string[];
}

@ConfigSection('counter')
class CounterSettings {
  @IsInt() public value: number = 0;
  public label: string = 'none';
}

@ConfigSection('file')
class FileSettings {
  @IsInt() public value: number = 0;
}

const WARM_UP = 500;
const [mode = 'leaks', count = '10000'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-leaks-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
const file = path.join(folder, 'app.json');
writeFileSync(file, '{ "file": { "value": 1 } }');

let value = 0;
let life: AbortSignal | undefined;
const counter: ConfigSource = {
  name: 'counter',
  load: () => createLayer({ name: 'counter', tree: { counter: { value, label: `number ${String(value)}` } } }),
  watch: ({ signal }) => {
    life = signal;
    signal.addEventListener('abort', () => undefined, { once: true });
  },
};
const container = new Container();
await container.loadAsync(
  ConfigModule.fromOptions({
    sections: [CounterSettings, FileSettings],
    sources: [jsonFile(file), counter],
    environment: 'test',
    reload: {
      watch: true,
      signal: 'SIGHUP',
      verify: [{ name: 'content', check: () => true }],
      bake: '1h',
      dependants: [
        { name: 'pool', prepare: () => ({ commit: () => undefined, drain: async () => Promise.resolve() }) },
      ],
    },
  }),
);
const reloads = container.get(ReloadService);

if (mode === 'leaks') {
  await reload(WARM_UP);
  const before = await settledHeap();
  const open = listeners();
  const committed = await reload(Number(count));
  const after = await settledHeap();
  const still = listeners();
  await reloads.close();
  const active = process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe|FSReqPromise)/u.test(name));
  const figures: LeakFigures = {
    committed,
    before,
    after,
    listeners: [open, still, listeners()],
    stopped: life?.aborted === true,
    active,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} else if (mode === 'close') {
  // Everything is under way: watchers, a bake, a request that waits. Nothing but close() is called.
  value += 1;
  await reloads.reload('begin a bake');
  reloads.pause();
  void reloads.reload('never carried out');
  await reloads.close();
}

/** Reloads one by one, with somebody who subscribes and unsubscribes at each. How many generations were made. */
async function reload(times: number): Promise<number> {
  const monitor = container.get<SectionMonitor<CounterSettings>>(monitorIdentifier(CounterSettings));
  let committed = 0;
  for (let turn = 0; turn < times; turn++) {
    value += 1;
    const leave = [
      monitor.onChange(() => undefined),
      reloads.events.on(() => undefined),
      reloads.events.onPath('counter.**', () => undefined),
      reloads.register({ name: 'passing', prepare: () => undefined }),
    ];
    const outcome = await reloads.reload('count');
    if (outcome.status === 'committed') committed += 1;
    for (const end of leave) end();
  }
  await reloads.events.drain();
  return committed;
}

function listeners(): readonly number[] {
  return [life === undefined ? -1 : getEventListeners(life, 'abort').length, process.listenerCount('SIGHUP')];
}

async function settledHeap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    // A turn of the loop between collections lets finalisers and weak references go.
    await pause(10);
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
