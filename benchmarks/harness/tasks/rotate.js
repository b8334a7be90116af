// What happens inside a process that measures a rotation.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { importBuilt } from '../packages.js';

const FILES = 10;
/** Milliseconds between two looks of the monitor, which count as delay. */
const RESOLUTION = 1;
/** Milliseconds of work in a turn, and of all turns, of the floor. */
const TURN = 4;
const FLOOR_TIME = 5_000;

/** Milliseconds that the event loop waits while values in files are encrypted again, and how long all of it takes. */
export async function timeRotation(values) {
  const { generateKeyset, Keyset, rotateKey, rotateSecrets } = await importBuilt('keys.js');
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-config-bench-'));
  try {
    const document = generateKeyset('bench', { uses: ['encrypt'] });
    const files = await writeFiles(folder, Keyset.of(document), values);
    const keyset = Keyset.of(rotateKey(document, 'encrypt'));
    let longestTurn = 0;
    let used = process.cpuUsage();
    const onProgress = () => {
      const { user, system } = process.cpuUsage(used);
      longestTurn = Math.max(longestTurn, (user + system) / 1e3);
      used = process.cpuUsage();
    };
    const { result, ...delays } = await delaysWhile(() => rotateSecrets({ files, keyset, onProgress }));
    if (!result.complete || result.rotated !== values) throw new Error('not every value has been rotated');
    return { ...delays, longestTurn };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same of a process that does nothing but work for four milliseconds a turn: what others leave of the machine. */
export async function timeFloor() {
  const { result, ...delays } = await delaysWhile(async () => {
    let turns = 0;
    for (const end = performance.now() + FLOOR_TIME; performance.now() < end; turns += 1) {
      for (const turnEnd = performance.now() + TURN; performance.now() < turnEnd;);
      await nextTurn();
    }
    return turns;
  });
  if (result === 0) throw new Error('there was no turn');
  return delays;
}

async function writeFiles(folder, keyset, values) {
  const { scopeHash } = await importBuilt('keys.js');
  const files = Array.from({ length: FILES }, (_, index) => path.join(folder, `app${index}.yaml`));
  for (const [part, file] of files.entries()) {
    const lines = Array.from({ length: values / FILES }, (_, index) => {
      const name = `v${part * (values / FILES) + index}`;
      const cfg = scopeHash({ app: 'bench', path: `values.${name}` });
      return `  ${name}: '${keyset.encrypt(Buffer.from(`a value of 32 bytes ${name}`), cfg)}'\n`;
    });
    await writeFile(file, `values:\n${lines.join('')}`);
  }
  return files;
}

async function delaysWhile(work) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  const began = performance.now();
  const result = await work();
  const whole = performance.now() - began;
  delays.disable();
  return { result, p99: delays.percentile(99) / 1e6, longest: delays.max / 1e6, whole };
}
