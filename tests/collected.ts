import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes on the heap after a garbage collection. */
export async function heldBytes(): Promise<number> {
  await turn();
  collector()();
  return process.memoryUsage().heapUsed;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  // Jest hides the global one.
  return runInNewContext('gc') as () => void;
}

/** How many of these objects are still in memory after garbage collections that have freed all but a number of them. */
export async function aliveOf(objects: readonly WeakRef<object>[], atMost: number): Promise<number> {
  const collect = collector();
  const alive = (): number => objects.filter((object) => object.deref() !== undefined).length;
  for (let round = 0; round < 20 && alive() > atMost; round++) {
    // What was read by deref lives until the turn ends.
    await turn();
    collect();
  }
  return alive();
}
