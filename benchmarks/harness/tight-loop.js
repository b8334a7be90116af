import { performance } from 'node:perf_hooks';
import { median } from './statistics.js';

/** Long enough for the clock, short enough for many samples. */
const BATCH_MS = 4;

/** Everything that a measured loop computes ends here: what nobody can see, the compiler may leave out. */
export const blackHole = { value: 0 };

/**
 * Times loops of a few nanoseconds per turn. Each entry of `loops` is a function that runs `n` turns and returns (or
 * resolves to) a number made from every turn. They run in turns, batch by batch, so that a slow moment of the machine
 * hits all of them. Gives the median nanoseconds per turn of each.
 */
export async function timeLoops(loops, { batches = 60, warmUpMs = 300 } = {}) {
  const turns = {};
  for (const [name, loop] of Object.entries(loops)) turns[name] = await calibrate(loop, warmUpMs);
  const samples = Object.fromEntries(Object.keys(loops).map((name) => [name, []]));
  for (let batch = 0; batch < batches; batch += 1) {
    for (const [name, loop] of Object.entries(loops)) {
      samples[name].push(((await timeOnce(loop, turns[name])) * 1e6) / turns[name]);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
}

/** Warms the loop up and finds how many turns fill a batch. */
async function calibrate(loop, warmUpMs) {
  const end = performance.now() + warmUpMs;
  let turns = 256;
  let duration = 0;
  // A loop that fills a batch with the fewest turns is ready as well: a turn of it takes microseconds. One that filled it a
  // single time may have waited for a processor.
  for (let calls = 0; calls < 5 || performance.now() < end || (turns === 256 && duration < BATCH_MS); calls += 1) {
    duration = await timeOnce(loop, turns);
    if (duration < BATCH_MS) turns *= 2;
    else if (duration > 2 * BATCH_MS && turns > 256) turns = Math.max(256, turns >> 1);
  }
  return turns;
}

async function timeOnce(loop, turns) {
  const start = performance.now();
  const result = loop(turns);
  blackHole.value += typeof result === 'number' ? result : await result;
  return performance.now() - start;
}
