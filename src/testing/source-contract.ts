import { ConfigError, option, readOptions, type ConfigSource, type OptionKinds } from '../core/index.js';
import { optional } from '../sources/index.js';
import {
  A,
  B,
  C,
  demand,
  inWorld,
  running,
  type Change,
  type ContractCase,
  type ContractNetwork,
  type ContractSubject,
  type Treat,
} from './contract-case.js';
import { ContractClock } from './contract-clock.js';
import { overTheNetwork } from './contract-network.js';
import { contractContext, ContractProgram, isSame, isUnset, type ContractValues } from './contract-program.js';

const BIG_CHARACTERS = 10_000_000;
const WRITES = 20;

/**
 * The contract of every source, as cases for any test runner: lost, doubled, late and early notices; half, slow, empty and
 * stale answers; torn reads, deletion, ten megabytes and forbidden keys. Only what a subject supports is tested: a source
 * without `set`, for example, is not tried with changes. Subpath: `uno-config/testing`.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 *
 * const subject: ContractSubject<{ values: ContractValues }> = {
 *   open: (values) => ({ values }),
 *   source: (world) => ({ name: 'mine', load: () => ({ contract: world.values }) }),
 *   set: (world, values) => {
 *     world.values = values;
 *   },
 * };
 * for (const { name, run } of sourceContract(subject)) test(name, run);
 * ```
 */
export function sourceContract<World>(subject: ContractSubject<World>): readonly ContractCase[] {
  readOptions<ContractSubject<World>, typeof SUBJECT>('sourceContract', subject, SUBJECT);
  const { set, begin, empty, remove, poison, network } = subject;
  return [
    ...inAProgram(subject),
    ...(set === undefined ? [] : changing(subject, set)),
    ...(begin === undefined ? [] : [neverHalf(subject, begin)]),
    ...(empty === undefined ? [] : [neverEmpty(subject, empty)]),
    ...(remove === undefined ? [] : gone(subject, remove)),
    ...(poison === undefined ? [] : [poisoned(subject, poison)]),
    ...(network === undefined || set === undefined ? [] : overTheNetwork(subject, network, set)),
  ];
}

const NETWORK = {
  heal: option.required(option.callback),
  hang: option.required(option.callback),
  cut: option.required(option.callback),
  garble: option.required(option.callback),
  lag: option.required(option.callback),
  lose: option.callback,
  double: option.callback,
  reorder: option.callback,
} satisfies OptionKinds<ContractNetwork<unknown>>;

const SUBJECT = {
  open: option.required(option.callback),
  source: option.required(option.callback),
  set: option.callback,
  watched: option.flag,
  begin: option.callback,
  empty: option.callback,
  mayBeAbsent: option.flag,
  remove: option.callback,
  poison: option.callback,
  network: option.options<ContractNetwork<unknown>, typeof NETWORK>(NETWORK),
  close: option.callback,
} satisfies OptionKinds<ContractSubject<unknown>>;

function inAProgram<World>(subject: ContractSubject<World>): readonly ContractCase[] {
  return [
    running(subject, 'answers its values, and the origin of each', async (program) => {
      for (const origin of program.origins()) {
        demand(origin !== undefined && origin.kind !== 'default' && origin.source !== '', 'a value has no origin');
      }
      return Promise.resolve();
    }),
    running(subject, 'has not changed when nothing has', async (program) => {
      const { status } = await program.reload();
      demand(status === 'unchanged', `a reload without a change is ${status}`);
    }),
    inWorld(
      subject,
      'carries ten megabytes',
      async (world) => {
        const program = await ContractProgram.start(subject.source(world));
        const { big } = program.current;
        await program.close();
        demand(big?.length === BIG_CHARACTERS, `of ${String(BIG_CHARACTERS)} characters ${String(big?.length)} came`);
      },
      { ...A, big: 'x'.repeat(BIG_CHARACTERS) },
    ),
    inWorld(subject, 'ends a read that is given up', async (world) => {
      await subject.network?.hang(world);
      const source = subject.source(world);
      const [clock, stop] = [new ContractClock(), new AbortController()];
      const reading = Promise.resolve()
        .then(async () => source.load(contractContext(source, stop.signal, clock)))
        .then(
          () => undefined,
          () => undefined,
        );
      stop.abort(new Error('nobody waits'));
      await clock.through('a read ends that was given up', reading);
      await source.close?.();
    }),
  ];
}

function changing<World>(subject: ContractSubject<World>, set: Change<World>): readonly ContractCase[] {
  const { watched = true } = subject;
  return [
    running(subject, 'is read again on request', async (program, world) => {
      await set(world, B);
      const { status } = await program.reload();
      demand(isSame(program.current, B), `a change was not taken: the reload was ${status}`);
    }),
    ...(watched ? [noticing(subject, set)] : []),
    running(subject, 'is never torn while it is written', async (program, world) => {
      const states: ContractValues[] = [];
      for (let write = 1; write <= WRITES; write++) {
        const last = { first: `w${String(write)}`, second: `w${String(write)}` };
        const [outcome] = await Promise.all([program.reload(), set(world, last)]);
        demand(outcome.status !== 'rejected', 'a reload was rejected during a write');
        states.push(program.current);
      }
      await program.reload();
      demand(program.current.first === `w${String(WRITES)}`, 'the last write is not current');
      const torn = [...states, ...program.states].find(({ first, second }) => first !== second && first !== A.first);
      demand(torn === undefined, `two states were mixed: ${String(torn?.first)} and ${String(torn?.second)}`);
    }),
    inWorld(subject, 'notifies no more when it is not watched any more', async (world) => {
      const source = subject.source(world);
      const [clock, stop] = [new ContractClock(), new AbortController()];
      const { environment, logger } = await loaded(source, stop.signal, clock);
      let notices = 0;
      const changed = (): void => {
        notices++;
      };
      const { signal } = stop;
      await source.watch?.({ environment, signal, logger, clock, changed, pollInterval: 500, settle: 20 });
      stop.abort(new Error('not watched any more'));
      await source.close?.();
      await set(world, B);
      // As long as a change takes to be noticed.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      demand(notices === 0, 'it notified a change after its end');
      demand(clock.waiting === 0, 'it left a timer behind');
    }),
  ];
}

function noticing<World>(subject: ContractSubject<World>, set: Change<World>): ContractCase {
  return running(subject, 'notices every change', async (program, world) => {
    for (const values of [B, C, A]) {
      await set(world, values);
      await program.becomes('a change is noticed', values);
    }
  });
}

async function loaded(
  source: ConfigSource,
  signal: AbortSignal,
  clock: ContractClock,
): Promise<ReturnType<typeof contractContext>> {
  const context = contractContext(source, signal, clock);
  await clock.through('a read ends', Promise.resolve(source.load(context)));
  return context;
}

function neverHalf<World>(
  subject: ContractSubject<World>,
  begin: NonNullable<ContractSubject<World>['begin']>,
): ContractCase {
  return running(subject, 'is never taken half written', async (program, world) => {
    const end = await begin(world, B);
    const reloading = program.reload();
    await end();
    await reloading;
    await program.becomes('what was written is current', B);
    const half = program.states.find((state) => !isSame(state, A) && !isSame(state, B));
    demand(half === undefined, `a half written state was current: ${String(half?.first)}, ${String(half?.second)}`);
  });
}

function neverEmpty<World>(subject: ContractSubject<World>, empty: Treat<World>): ContractCase {
  return running(subject, 'does not become an empty configuration', async (program, world) => {
    await empty(world);
    const { status } = await program.reload();
    demand(status !== 'committed', 'an empty source was committed');
    demand(
      program.states.every((state) => isSame(state, A)),
      'settings were lost',
    );
  });
}

function gone<World>(subject: ContractSubject<World>, remove: Treat<World>): readonly ContractCase[] {
  const { mayBeAbsent = false } = subject;
  const missed = running(subject, 'keeps its settings in use when it is gone', async (program, world) => {
    await remove(world);
    await program.reload();
    await program.clock.until('a source that is gone is reported as failing', () => program.health?.status !== 'ok');
    demand(isSame(program.current, A), 'settings were lost with their source');
  });
  return [
    ...(mayBeAbsent ? [] : [missed]),
    running(
      subject,
      'is absent when it is gone and optional',
      async (program, world) => {
        await remove(world);
        await program.reload();
        await program.clock.until('an optional source is absent', () => isUnset(program.current));
      },
      (world) => optional(subject.source(world)),
    ),
  ];
}

function poisoned<World>(subject: ContractSubject<World>, poison: Treat<World>): ContractCase {
  return inWorld(subject, 'reaches no prototype', async (world) => {
    await poison(world);
    const error: unknown = await ContractProgram.start(subject.source(world)).then(
      async (program) => program.close(),
      (thrown: unknown) => thrown,
    );
    const codes = ConfigError.is(error) ? [error.code, ...error.issues.map(({ code }) => code)] : [];
    demand(codes.includes('forbidden-key'), `__proto__ is not refused: ${codes.join(', ')}`);
    demand(!('polluted' in {}), 'the prototype of all objects has been changed');
  });
}
