import { readFileSync } from 'node:fs';

/** Milliseconds of CPU time of this process since the call: what others do on the machine does not count. */
export function startCpuTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

/**
 * The same of the calling thread, without those that compile and collect garbage; elsewhere than on Linux it is the time of
 * the process.
 */
export function startThreadTime(): () => number {
  if (threadTime() === undefined) return startCpuTime();
  const before = threadTime() ?? 0;
  return () => (threadTime() ?? 0) - before;
}

function threadTime(): number | undefined {
  // Has Linux count what this thread has spent up to now: alone, the file is up to four milliseconds behind.
  process.cpuUsage();
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1_000_000;
  } catch {
    // There is no such file on other systems.
    return undefined;
  }
}
