import {
  A,
  B,
  C,
  demand,
  running,
  type Change,
  type ContractCase,
  type ContractNetwork,
  type ContractSubject,
  type Treat,
} from './contract-case.js';
import { isSame, type ContractProgram, type ContractValues } from './contract-program.js';

/** What a source over a network promises besides. */
export function overTheNetwork<World>(
  subject: ContractSubject<World>,
  network: ContractNetwork<World>,
  set: Change<World>,
): readonly ContractCase[] {
  const { lose, double, reorder } = network;
  const during = (
    name: string,
    treat: Treat<World>,
    tell: (program: ContractProgram, world: World) => Promise<void>,
  ): ContractCase =>
    running(subject, name, async (program, world) => {
      await treat(world);
      try {
        await tell(program, world);
      } finally {
        await network.heal(world);
      }
    });
  const thenCurrent = async (program: ContractProgram, world: World, values: ContractValues): Promise<void> => {
    await network.heal(world);
    await program.becomes('it is current when the network has healed', values);
  };
  return [
    during('delays nothing while it hangs', network.hang, async (program, world) => {
      await set(world, B);
      await program.moveCompanion('moved');
      demand(isSame(program.current, A), 'settings were lost');
      await thenCurrent(program, world, B);
    }),
    during('stays as it was while answers are cut', network.cut, async (program, world) => {
      await set(world, B);
      await program.reload();
      demand(isSame(program.current, A), 'a cut answer was taken');
      demand(program.health?.status === 'stale', 'a source without an answer is not reported as stale');
      await program.moveCompanion('moved');
      await thenCurrent(program, world, B);
    }),
    during('rejects what cannot be settings', network.garble, async (program, world) => {
      await set(world, B);
      const { status } = await program.reload();
      demand(status === 'rejected', `an answer that is none was ${status}`);
      demand(isSame(program.current, A), 'settings were lost');
      await thenCurrent(program, world, B);
    }),
    running(subject, 'never goes back to an older state', async (program, world) => {
      await set(world, B);
      await program.becomes('a change is noticed', B);
      await network.lag(world);
      await program.reload();
      demand(isSame(program.current, B), 'an older state was taken for a newer one');
      await network.heal(world);
    }),
    during('waits for the state that it was notified of', network.lag, async (program, world) => {
      await set(world, B);
      await program.reload();
      await thenCurrent(program, world, B);
      demand(program.states.length === 2, 'it moved more than once');
    }),
    ...optionalCase(lose, (treat) =>
      during('finds a change without a notice', treat, async (program, world) => {
        await set(world, B);
        await program.becomes('a change is found by the poll', B);
      }),
    ),
    ...optionalCase(double, (treat) =>
      during('commits once when it is notified twice', treat, async (program, world) => {
        await set(world, B);
        await program.becomes('a change is noticed', B);
        await program.moveCompanion('moved');
        const moves = program.states.filter((state, index) => !isSame(state, program.states[index - 1] ?? C)).length;
        demand(moves === 2, 'one change was taken twice');
      }),
    ),
    ...optionalCase(reorder, (treat) =>
      during('ends with the newest state in any order of notices', treat, async (program, world) => {
        await set(world, B);
        await set(world, C);
        await thenCurrent(program, world, C);
        await program.reload();
        demand(isSame(program.current, C), 'it went back to an older state');
      }),
    ),
  ];
}

function optionalCase<World>(
  treat: Treat<World> | undefined,
  make: (treat: Treat<World>) => ContractCase,
): readonly ContractCase[] {
  return treat === undefined ? [] : [make(treat)];
}
