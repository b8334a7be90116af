// Jest globalSetup: incremental runs of tsc give type errors and the JavaScript that jest-tsc-transform.cjs hands to Jest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildPage } from './page.js';
import { missingServicePackages } from './services.js';

const root = fileURLToPath(new URL('..', import.meta.url));

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
