import type { SeenInstance } from '../../core/index.js';
import { printable, jsonText, paint } from '../output-text.js';
import { EXIT, type Command, type CommandIo, type ExitCode } from '../command.js';
import { STORE_OPTIONS } from './store-options.js';
import { withStore } from './store-place.js';

/** So many reports that did not come make a program silent. */
const MISSED = 3;

export const fleetCommand: Command = {
  name: 'fleet',
  summary: 'list the running programs that read a store: revision, health, last rejection',
  words: [],
  options: STORE_OPTIONS,
  exitCodes: [
    '0  all run the newest revision, and are healthy',
    '1  one does not, or has not reported for a while',
    '2  the command line cannot be understood, or the store cannot be reached',
  ],
  run: (args, io) =>
    withStore(args, io, async ({ store }): Promise<ExitCode> => {
      const [newest] = await store.history(1);
      const revision = newest?.revision ?? 0;
      const instances = (await store.instances()).map((one) => ({ ...one, state: stateOf(one, revision) }));
      if (args.flag('json')) io.out.write(jsonText({ store: store.name, revision, instances }));
      else io.out.write(fleetText(store.name, revision, instances, io));
      return instances.every(({ state }) => state === 'current') ? EXIT.ok : EXIT.different;
    }),
};

type State = 'current' | 'behind' | 'unwell' | 'silent';

interface Listed extends SeenInstance {
  readonly state: State;
}

function stateOf({ age, every, revision, health }: SeenInstance, newest: number): State {
  if (age > MISSED * every) return 'silent';
  if (revision !== String(newest)) return 'behind';
  return health === 'healthy' ? 'current' : 'unwell';
}

function fleetText(store: string, revision: number, instances: readonly Listed[], { out }: CommandIo): string {
  const count = instances.length === 1 ? '1 program reads' : `${String(instances.length)} programs read`;
  const head = `${printable(store)}, revision ${String(revision)}: ${count} it.\n`;
  const width = Math.max(...instances.map(({ instance }) => instance.length), 0);
  return `${head}${instances.map((one) => lines(one, width, out)).join('')}`;
}

function lines(
  { instance, revision = '-', health, state, age, rejection }: Listed,
  width: number,
  out: CommandIo['out'],
): string {
  const words = [
    printable(instance).padEnd(width),
    printable(revision).padStart(6),
    state === 'silent' ? `silent for ${String(Math.round(age / 1_000))} s` : printable(health),
  ];
  const line = `  ${words.join('  ')}`;
  const shown = state === 'current' ? line : paint(out, 'red', line);
  const why = rejection === undefined ? '' : `      rejected: ${printable(rejection.message)}\n`;
  return `${shown}\n${why}`;
}
