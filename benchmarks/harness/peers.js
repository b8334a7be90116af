import { spawnSync } from 'node:child_process';
import { BENCHMARKS } from './folders.js';
import { lockedPeerVersion, peerVersion } from './packages.js';

/**
 * Installs the packages that uno-config is compared with, unless they are there exactly as the lock file has them.
 *
 * @throws Error when npm fails.
 */
export function installPeers(packages, say) {
  const missing = packages.filter((name) => peerVersion(name) !== lockedPeerVersion(name));
  if (missing.length === 0) return;
  say(
    `Not installed as in the lock file: ${missing.join(', ')}. Running npm ci --prefix benchmarks (--no-peers skips it).`,
  );
  const { status, error } = spawnSync('npm', ['ci', '--prefix', BENCHMARKS, '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error('npm ci --prefix benchmarks failed; --no-peers runs without them.', { cause: error });
  }
}
