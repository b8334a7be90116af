// Runs a sample of one file: npm run sample -- live-reload
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(`${root}samples`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

const [name, ...words] = process.argv.slice(2);
if (names.includes(name)) {
  const script = `.build/samples/${name}.js`;
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', script, ...words], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} else {
  console.error(`Name a sample: npm run sample -- ${names.join(' | ')}`);
  process.exitCode = 1;
}
