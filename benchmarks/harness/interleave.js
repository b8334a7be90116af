import { openProcess } from './fresh-process.js';

/**
 * Gives every subject a process of its own and lets `sample(process, name)` run in each in turn, `rounds` times:
 * A B C, A B C, …; so nobody shares a heap or optimised code, and a slow minute of the machine hits all alike.
 * `prepare(process, name)` comes first. Gives what the samples returned, by subject, and an error for who failed.
 */
export async function interleave(names, { rounds, prepare, sample, execArgv }) {
  const samples = {};
  const errors = {};
  const processes = new Map(names.map((name) => [name, openProcess({ execArgv })]));
  const attempt = async (name, step) => {
    try {
      return await step(processes.get(name));
    } catch (error) {
      errors[name] = error.message;
      delete samples[name];
      return undefined;
    }
  };
  try {
    for (const name of names) {
      samples[name] = [];
      await attempt(name, (process) => prepare(process, name));
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const name of names) {
        if (name in errors) continue;
        const result = await attempt(name, (process) => sample(process, name));
        if (!(name in errors)) samples[name].push(result);
      }
    }
  } finally {
    await Promise.all([...processes.values()].map((process) => process.close()));
  }
  return { samples, errors };
}
