import { severalProcesses } from './several-processes.js';

const TASK = new URL('./tasks/secrets.js', import.meta.url);
const NODE = 'node:crypto alone';

/** Times one way of handling encrypted values, beside Node's own cryptography and, where it is installed, jose. */
export async function measureSecrets(name) {
  const { medians, ratio } = await severalProcesses(3, TASK, name, []);
  const withJose = medians.jose !== undefined;
  return {
    median: medians.ours,
    ratios: { [NODE]: ratio('ours', 'node'), ...(withJose && { jose: ratio('ours', 'jose') }) },
    medians: { [NODE]: medians.node, ...(withJose && { jose: medians.jose }) },
  };
}
