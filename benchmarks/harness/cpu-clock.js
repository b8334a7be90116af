/**
 * CPU milliseconds of this process since the call: all its threads, so that reading, compiling and collecting count, and
 * whatever else the machine is doing does not.
 */
export function startCpuClock() {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
