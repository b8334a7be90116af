import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { startReloads } from '../../../src/runtime/reload/start-reloads.js';
import { planLoad } from '../../../src/runtime/load-plan.js';
import type { LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { object } from '../../../src/sources/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';

@ConfigSection('database')
class Database {
  @IsString() password: string = '';
  @IsOptional() @IsString() certificate?: string;
}

describe('a file that a reference names', () => {
  it('is watched: what it says is taken when it is replaced, and when it comes to be', async () => {
    const folder = await temporaryFolder();
    const path = (name: string): string => join(folder, name);
    await writeFile(path('password'), 'old\n');
    const database = { password: `\${file:${path('password')}}`, certificate: `\${file:${path('certificate')}:-none}` };
    const options: LoadOptions = {
      sections: [Database],
      sources: [object({ database })],
      environment: 'test',
      env: {},
      fileRoots: [folder],
    };
    const { store, reloads } = await startReloads(options, planLoad(options, false), {
      watch: true,
      pollInterval: '20ms',
      settle: '0ms',
    });
    const settled = async (moved: (settings: Database) => boolean): Promise<void> => {
      if (moved(store.get(Database))) return;
      await new Promise<void>((resolve) => {
        const stop = store.onCommit(() => {
          if (!moved(store.get(Database))) return;
          stop();
          resolve();
        });
      });
    };
    expect(store.get(Database)).toMatchObject({ password: 'old', certificate: 'none' });
    await writeFile(path('next'), 'new\n');
    await rename(path('next'), path('password'));
    await settled(({ password }) => password === 'new');
    await writeFile(path('certificate'), 'PEM');
    await settled(({ certificate }) => certificate === 'PEM');
    expect(reloads.history().at(-1)?.reason).toBe('files that references name changed');
    await reloads.close();
  });
});
