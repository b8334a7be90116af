// Jest globalSetup: one incremental tsc run gives type errors and the JavaScript that jest-tsc-transform.cjs hands to Jest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missingServicePackages } from './services.js';

const root = fileURLToPath(new URL('..', import.meta.url));

export default function build() {
  if (missingServicePackages.length > 0) {
    const missing = missingServicePackages.join(', ');
    process.stderr.write(`Skipped: tests/services, without ${missing} (npm ci --prefix tests/services).\n`);
  }
  if (process.env.JEST_SKIP_BUILD === '1') return;
  compile('tsconfig.json', 'tests');
  if (missingServicePackages.length === 0) compile('tests/services/tsconfig.json', 'services');
}

function compile(project, name) {
  const tsc = [
    'node_modules/typescript/bin/tsc',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `.build/${name}.tsbuildinfo`,
  ];
  const { status } = spawnSync(process.execPath, tsc, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('tsc reported errors; fix them first');
}
