// npm run bench: see README.md in this folder.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readArguments, USAGE } from './harness/arguments.js';
import { importBenchmark, listIds, selectIds } from './harness/discover.js';
import { ROOT } from './harness/folders.js';
import { describeMachine } from './harness/machine.js';
import { peerVersion } from './harness/packages.js';
import { installPeers } from './harness/peers.js';
import { describeResult, summarise, toResult } from './harness/report.js';
import { OWN, PEER_PACKAGES, SUBJECTS, subjectOf } from './harness/subjects/index.js';
import { judge } from './harness/verdict.js';

const say = (text) => process.stdout.write(`${text}\n`);

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

/** Gives the exit code: 1 when something could not be measured; a missed target is a finding, not a failure. */
async function main(options) {
  const ids = selectIds(listIds(), options.only);
  if (options.help || options.list) {
    say(options.help ? USAGE : ids.join('\n'));
    return 0;
  }
  if (!existsSync(path.join(ROOT, 'dist', 'index.js')))
    throw new Error('There is no dist/index.js: npm run build first.');
  const subjects = chooseSubjects(options);
  const hasPeers = SUBJECTS.some(({ kind, name }) => kind === 'peer' && subjects.includes(name));
  if (hasPeers) installPeers(PEER_PACKAGES, say);

  const machine = describeMachine();
  const peers = hasPeers ? Object.fromEntries(PEER_PACKAGES.map((name) => [name, peerVersion(name)])) : {};
  say(introduce(machine, peers));
  const results = [];
  for (const id of ids) {
    results.push(await run(id, { subjects }));
    // After each, so that a run that is stopped leaves what it has measured.
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ machine, peers, results }, null, 2)}\n`);
  }
  say(`${summarise(results)}\n`);
  return results.some(({ error }) => error !== undefined) ? 1 : 0;
}

/** The names of who takes part. */
function chooseSubjects({ peers, beside }) {
  const chosen = beside === undefined ? undefined : new Set([OWN, ...beside.map((name) => subjectOf(name).name)]);
  return SUBJECTS.filter(({ kind, name }) => chosen?.has(name) ?? (peers || kind !== 'peer')).map(({ name }) => name);
}

async function run(id, context) {
  const benchmark = await importBenchmark(id);
  const measured = await benchmark.measure(context).catch((error) => ({ error: error.message }));
  const { median = null, ratios = {} } = measured;
  const result = toResult(
    id,
    benchmark,
    measured,
    median === null ? null : judge(benchmark.target, { median, ratios }),
  );
  say(describeResult(result, benchmark.title));
  return result;
}

function introduce({ cpu, cores, memoryGiB, platform, node, loadAverage }, peers) {
  const lines = [`${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}, load average ${loadAverage}`];
  if (loadAverage > cores / 2) lines.push('Others are using this machine: trust the ratios more than the times.');
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  if (versions.length > 0) lines.push(`Beside: ${versions.join(', ')}`);
  return `${lines.join('\n')}\n`;
}
