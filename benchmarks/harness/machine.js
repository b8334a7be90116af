import os from 'node:os';

/** What the figures were measured on. */
export function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    // Work of others on the machine: above half of the cores the figures are noisy, the ratios less so.
    loadAverage: Number((os.loadavg()[0] ?? 0).toFixed(2)),
    date: new Date().toISOString(),
  };
}
