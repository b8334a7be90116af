// Jest globalSetup: incremental runs of tsc give type errors and the JavaScript that jest-tsc-transform.cjs hands to Jest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { NODE_BUNDLE } from './node-bundle.js';
import { buildPage } from './page.js';
import { missingServicePackages } from './services.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What tests start in processes of their own, some of them often. */
const programs = [
  'cli/migrate/migrate-in-a-loop',
  'runtime/recovery/save-in-a-loop',
  'security/audit/record-in-a-loop',
  'security/rotation/rotate-until-killed',
];
const servicePrograms = [
  'services/databases/until-stopped',
  'services/flags/without-code-generation',
  'services/outbox/relay-until-killed',
  'services/projections/project-until-killed',
  'services/routing/without-code-generation',
  'services/sagas/saga-until-killed',
];

export default async function build() {
  if (missingServicePackages.length > 0) {
    const missing = missingServicePackages.join(', ');
    process.stderr.write(`Skipped: tests/services, without ${missing} (npm ci --prefix tests/services).\n`);
  }
  await buildPage();
  if (process.env.JEST_SKIP_BUILD === '1') return;
  // Both write what they share, src, and write the same.
  const projects = { tests: 'tsconfig.json', services: 'tests/services/tsconfig.json' };
  if (missingServicePackages.length > 0) delete projects.services;
  const built = await Promise.all(Object.entries(projects).map(async ([name, project]) => compile(project, name)));
  if (built.includes(false)) throw new Error('tsc reported errors; fix them first');
  await bundlePrograms(missingServicePackages.length > 0 ? programs : [...programs, ...servicePrograms]);
}

/** Joins each with its modules into one file, which starts in half the time. */
async function bundlePrograms(names) {
  await bundle({
    ...NODE_BUNDLE,
    absWorkingDir: root,
    entryPoints: names.map((name) => path.join('.build/tests', `${name}.js`)),
    outbase: '.build/tests',
    outdir: '.build/programs',
  });
}

async function compile(project, name) {
  const tsc = [
    'node_modules/typescript-7/bin/tsc',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `.build/${name}.tsbuildinfo`,
  ];
  const compiler = spawn(process.execPath, tsc, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 2, 2],
  });
  const [status] = await once(compiler, 'exit');
  return status === 0;
}
