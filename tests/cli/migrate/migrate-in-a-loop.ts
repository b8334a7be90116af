import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Migrations } from '../../../src/runtime/versions/index.js';
import { migrateFile, replaceFile } from '../../../src/cli/migrate/migrate-file.js';

const VERSIONS = { 2: [{ rename: 'hostname', to: 'host' }] };
const names = { prefix: '', separator: '__' };

/** A large document in one version, as the first or the second has it. */
export function documentOf(version: 1 | 2): string {
  const comments = Array.from({ length: 4000 }, (_, at) => {
    return `# ${createHash('sha256').update(String(at)).digest('hex')}\n`;
  }).join('');
  const section = version === 1 ? 'database:\n  hostname: x\n' : 'database:\n  $version: 2\n  host: x\n';
  return comments + section;
}

/** Migrates the files of a folder one after the other, and says so. */
async function migrateAll(folder: string, count: number): Promise<void> {
  const migrations = new Migrations([{ path: ['database'], version: 2, migrations: VERSIONS }]);
  for (let at = 0; at < count; at++) {
    const encryptAgain = (token: string): Promise<string> => Promise.resolve(token);
    const reading = { migrations, names, hasParts: false, encryptAgain: () => encryptAgain, isCheck: false };
    const migrated = await migrateFile(join(folder, `${String(at)}.yaml`), reading);
    if (migrated.after !== migrated.before) await replaceFile(migrated);
    process.stdout.write(`${String(at)}\n`);
  }
}

const [, script = '', folder, count] = process.argv;
if (script.endsWith('migrate-in-a-loop.js')) await migrateAll(folder ?? '', Number(count));
