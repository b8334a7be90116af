import { runFresh } from '../harness/fresh-process.js';
import { installPeers } from '../harness/peers.js';

const TASK = new URL('../harness/tasks/fleet.js', import.meta.url);

export default {
  title:
    'PostgreSQL: one change in ten programs of ten scopes each, until the last has it; beside notification, query and JSON.parse',
  unit: 'ms',
  async measure() {
    installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
    const figures = await runFresh(TASK, 'timeFleet', ['0ms']);
    return {
      median: figures.last,
      ratios: { 'transport alone': figures.last / figures.bareLast, 'CPU per program': figures.cpu / figures.bareCpu },
      medians: {
        'the last one, p99': figures.last99,
        'one program, p50': figures.each,
        'one program, p99': figures.each99,
        'transport alone, the last one': figures.bareLast,
        'transport alone, the last one, p99': figures.bareLast99,
        'CPU per program and change': figures.cpu,
        'transport alone, CPU': figures.bareCpu,
      },
    };
  },
};
