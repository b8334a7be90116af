import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/commit.js', import.meta.url);

export default {
  title: 'commit of 10 changed sections, each with a listener, together with 10 participants that take theirs in use',
  unit: 'ns',
  target: { text: 'under 5 microseconds', median: { below: 5_000 } },
  async measure() {
    const { medians } = await severalProcesses(3, TASK, 'timeCommitWithParticipants', [200]);
    return { median: medians.commit };
  },
};
