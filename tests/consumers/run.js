// Installs the packed package into throw-away projects, one per toolchain, and asserts that one application behaves the
// same in all of them.
//
//   npm run test:consumers [-- project ...]      UNO_CONFIG_TARBALL=file uses a tarball that is already there
import { execFile } from 'node:child_process';
import assert from 'node:assert';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '../..');
const execute = promisify(execFile);

/** Whether the compiler writes constructor types down; if not, the service says @inject. */
const metadata = {
  typescript: true,
  commonjs: true,
  swc: true,
  jest: true,
  tsx: false,
  vitest: false,
  bun: true,
  deno: true,
  bundlers: true,
  'two-copies': true,
  'jest-classic': true,
};

const expected = {
  host: 'db.internal',
  port: 5433,
  tls: true,
  level: 10,
  replicas: ['r1.internal', 'r2.internal'],
  pool: { max: 25, idle: 90_000 },
  frozen: true,
};

async function npm(folder, ...words) {
  // What the npm that runs us says of this package is not true of the consumer.
  const ours = /^(npm_(?!config_)|npm_config_local_prefix$|NODE_OPTIONS$|JEST_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  try {
    return (await execute('npm', words, { cwd: folder, env, timeout: 240_000, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    throw new Error(`npm ${words.join(' ')} failed:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

async function pack(folder) {
  const [{ filename }] = JSON.parse(await npm(root, 'pack', '--json', '--silent', '--pack-destination', folder));
  return path.join(folder, filename);
}

async function consume(name, tarball, workplace) {
  const folder = path.join(workplace, name);
  cpSync(path.join(here, 'projects', name), folder, { recursive: true });
  cpSync(path.join(here, 'app'), path.join(folder, 'app'), { recursive: true });
  const [chosen, other] = metadata[name] ? ['implicit', 'explicit'] : ['explicit', 'implicit'];
  renameSync(path.join(folder, `app/service-${chosen}.ts`), path.join(folder, 'app/service.ts'));
  rmSync(path.join(folder, `app/service-${other}.ts`));

  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', tarball);
  await npm(folder, 'run', '--silent', 'app');
  return JSON.parse(readFileSync(path.join(folder, 'outcome.json'), 'utf8'));
}

function verify(outcome, first) {
  assert.deepEqual(JSON.parse(outcome.good), expected);
  assert.match(outcome.wrong, /APP_DATABASE__PORT/, 'the error names the variable');
  assert.match(outcome.wrong, /many/, 'the error quotes the text');
  assert.equal(outcome.testing, 'function');
  assert.equal(outcome.wrong, first.wrong, 'the same error as with the first toolchain');
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(metadata);
const workplace = mkdtempSync(path.join(tmpdir(), 'uno-consumers-'));
let [passed, failed] = [0, 0];
try {
  const tarball = process.env.UNO_CONFIG_TARBALL ?? (await pack(workplace));
  let first;
  for (const name of names) {
    const start = Date.now();
    try {
      const outcome = await consume(name, path.resolve(tarball), workplace);
      verify(outcome, (first ??= outcome));
      passed++;
      const note =
        outcome.note === undefined
          ? ''
          : `\n        ${Object.entries(outcome.note)
              .map((line) => line.join(': '))
              .join('\n        ')}`;
      console.log(`ok      ${name} (${Math.round((Date.now() - start) / 1000)} s)${note}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}\n${error.message}`);
    }
  }
} finally {
  rmSync(workplace, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
if (process.env.TEST_COUNTS_FILE) appendFileSync(process.env.TEST_COUNTS_FILE, `${passed} ${failed}\n`);
if (failed > 0) process.exitCode = 1;
