import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BENCHMARKS } from './folders.js';

const ENTRY = fileURLToPath(new URL('fresh-process-entry.js', import.meta.url));

/** What a measured process may see of the environment: a stray NODE_CONFIG or NODE_OPTIONS would change the field. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG'];

/**
 * Starts a process of its own for one subject, so that nobody pays for what another left behind: optimised code,
 * inline caches, metadata in a global store, heap.
 *
 * `call(task, name, ...args)` runs the export `name` of the module at the URL `task` in there and gives its result
 * (JSON only); the process keeps its state between calls. `close()` ends it.
 */
export function openProcess({ execArgv = [] } = {}) {
  const child = fork(ENTRY, [], {
    cwd: BENCHMARKS,
    execArgv,
    env: Object.fromEntries(
      KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));

  async function call(task, name, ...args) {
    const answered = new Promise((resolve) => child.once('message', resolve));
    child.send({ task: String(task), name, args });
    const answer = await Promise.race([
      answered,
      exited.then((code) => ({ error: `the process ended (exit ${code}) ${complaints}` })),
    ]);
    if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
    return answer.value;
  }

  async function close() {
    child.kill();
    await exited;
  }

  return { call, close };
}

/** Runs one call in a process of its own. */
export async function runFresh(task, name, args = [], options = {}) {
  const fresh = openProcess(options);
  try {
    return await fresh.call(task, name, ...args);
  } finally {
    await fresh.close();
  }
}
