// Jest globalSetup: one incremental tsc run gives type errors and the JavaScript that jest-tsc-transform.cjs hands to Jest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export default function build() {
  if (process.env.JEST_SKIP_BUILD === '1') return;
  const tsc = [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.json',
    '--incremental',
    '--tsBuildInfoFile',
    '.build/tests.tsbuildinfo',
  ];
  const { status } = spawnSync(process.execPath, tsc, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('tsc reported errors; fix them first');
}
