import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { SqliteSettings, toClientOptions } from '../../../src/factories/databases/sqlite/index.js';
import { defineResource, resourceIdentifier } from '../../../src/factories/resources/index.js';
import { ConfigModule, section } from '../../../src/index.js';
import { object } from '../../../src/sources/index.js';
import { issuesOf, loaded } from '../../runtime/loading.js';

const inNotes = section(SqliteSettings, { path: 'notes' });

async function optionsOf(notes: object): Promise<ReturnType<typeof toClientOptions>> {
  const generation = await loaded([inNotes], { notes });
  return toClientOptions(generation.get(SqliteSettings));
}

describe('the options of SQLite', () => {
  it('hold every setting in the unit of the drivers and pragmas', async () => {
    const options = await optionsOf({
      file: 'data/notes.db',
      readonly: false,
      fileMustExist: false,
      busyTimeout: '2s',
      journalMode: 'wal',
      synchronous: 'normal',
      foreignKeys: false,
      cacheSize: '64MiB',
      mmapSize: '1GiB',
      journalSizeLimit: '10MB',
      walAutocheckpoint: 500,
      tempStore: 'memory',
    });
    expect(options).toEqual({
      betterSqlite3: ['data/notes.db', { readonly: false, fileMustExist: false, timeout: 2_000 }],
      nodeSqlite: ['data/notes.db', { readOnly: false, timeout: 2_000 }],
      pragmas: [
        'journal_mode = wal',
        'synchronous = normal',
        'foreign_keys = off',
        // In KiB, as the sign says; the two after it in bytes.
        'cache_size = -65536',
        'mmap_size = 1073741824',
        'journal_size_limit = 10000000',
        'wal_autocheckpoint = 500',
        'temp_store = memory',
      ],
    });
  });

  it('leave to SQLite what is not set, but for waiting and foreign keys', async () => {
    expect(await optionsOf({ file: ':memory:' })).toEqual({
      betterSqlite3: [':memory:', { readonly: false, fileMustExist: false, timeout: 5_000 }],
      nodeSqlite: [':memory:', { readOnly: false, timeout: 5_000 }],
      pragmas: ['foreign_keys = on'],
    });
  });

  it('read a file without changing its journal mode', async () => {
    const options = await optionsOf({ file: 'notes.db', readonly: true, fileMustExist: true, journalMode: 'wal' });
    expect(options).toEqual({
      betterSqlite3: ['notes.db', { readonly: true, fileMustExist: true, timeout: 5_000 }],
      nodeSqlite: ['notes.db', { readOnly: true, timeout: 5_000 }],
      pragmas: ['foreign_keys = on'],
    });
  });

  it('ask node:sqlite for a file that must exist by a URI, whatever is in its name', async () => {
    const { betterSqlite3, nodeSqlite } = await optionsOf({ file: '/data/50% of what?#1.db', fileMustExist: true });
    expect(betterSqlite3[0]).toBe('/data/50% of what?#1.db');
    expect(nodeSqlite[0]).toMatch(/^file:\/\/\/.*data\/50%25%20of%20what%3[Ff]%231\.db\?mode=rw$/);
  });

  it('refuse a wait that is too long for better-sqlite3', async () => {
    expect(await issuesOf([inNotes], { notes: { file: 'notes.db', busyTimeout: '25d' } })).toEqual([
      expect.stringContaining('notes.busyTimeout'),
    ]);
  });

  it.each(['', ' ', 'notes.db ', 'file:notes.db?mode=ro'])(
    'take no file that drivers understand differently: %j',
    async (file) => {
      expect(await issuesOf([inNotes], { notes: { file } })).toEqual([
        expect.stringMatching(/notes\.file: must be a path or :memory:/),
      ]);
    },
  );

  it.each(['readonly', 'fileMustExist'])('refuse %s in memory', async (field) => {
    const issues = await issuesOf([inNotes], { notes: { file: ':memory:', [field]: true } });
    expect(issues.join()).toContain('only a file can be readonly, or must exist');
  });
});

/** What the tests call of node:sqlite, which the types of Node 20 do not have. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { get(): Record<string, unknown> };
  close(): void;
}

interface NodeSqlite {
  readonly DatabaseSync: new (...parameters: ReturnType<typeof toClientOptions>['nodeSqlite']) => Database;
}

/** From the version on that knows timeout. */
function nodeSqlite(): NodeSqlite | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 16)) {
    // Safe: the documented class of that module.
    return process.getBuiltinModule('node:sqlite') as NodeSqlite;
  }
  process.stderr.write(`Skipped: Node ${process.versions.node} has no node:sqlite with a timeout; 22.16 has.\n`);
  return undefined;
}

const driver = nodeSqlite();

(driver === undefined ? describe.skip : describe)('a database of node:sqlite', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'uno-sqlite-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(notes: object): Promise<Database> {
    if (driver === undefined) throw new Error('skipped above');
    const { nodeSqlite: parameters, pragmas } = await optionsOf(notes);
    const database = new driver.DatabaseSync(...parameters);
    for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
    return database;
  }

  const valueOf = (database: Database, pragma: string): unknown =>
    Object.values(database.prepare(`PRAGMA ${pragma}`).get())[0];

  it('is as the settings say', async () => {
    const database = await opened({
      file: join(folder, 'all.db'),
      busyTimeout: '2s',
      journalMode: 'wal',
      synchronous: 'normal',
      foreignKeys: false,
      cacheSize: '64MiB',
      mmapSize: '1MiB',
      journalSizeLimit: '10MB',
      walAutocheckpoint: 500,
      tempStore: 'memory',
    });
    const names = ['busy_timeout', 'journal_mode', 'synchronous', 'foreign_keys', 'cache_size', 'mmap_size'];
    names.push('journal_size_limit', 'wal_autocheckpoint', 'temp_store');
    expect(names.map((name) => valueOf(database, name))).toEqual([
      2_000,
      'wal',
      1,
      0,
      -65_536,
      1_048_576,
      10_000_000,
      500,
      2,
    ]);
    database.close();
  });

  it('is not made where it must exist, and opened where it does', async () => {
    const file = join(folder, '50% of what?#1.db');
    await expect(opened({ file, fileMustExist: true })).rejects.toThrow('unable to open');
    expect(existsSync(file)).toBe(false);
    (await opened({ file })).exec('CREATE TABLE notes (text)');
    const database = await opened({ file, fileMustExist: true });
    expect(database.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 0 });
    database.exec("INSERT INTO notes VALUES ('written')");
    database.close();
  });

  it('is only read where it is readonly, in the mode of who writes it', async () => {
    const file = join(folder, 'read.db');
    const writer = await opened({ file, journalMode: 'delete' });
    writer.exec('CREATE TABLE notes (text)');
    const reader = await opened({ file, readonly: true, journalMode: 'wal' });
    expect(valueOf(reader, 'journal_mode')).toBe('delete');
    expect(() => {
      reader.exec("INSERT INTO notes VALUES ('no')");
    }).toThrow('readonly');
    reader.close();
    writer.close();
  });

  it('is a resource like any other', async () => {
    if (driver === undefined) throw new Error('skipped above');
    const { DatabaseSync } = driver;
    const notes = defineResource({
      name: 'notes',
      from: inNotes,
      create: ({ settings }) => {
        const { nodeSqlite: parameters, pragmas } = toClientOptions(settings);
        const database = new DatabaseSync(...parameters);
        for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
        return database;
      },
      probe: (database) => {
        database.exec('SELECT count(*) FROM sqlite_schema');
      },
      close: (database) => {
        database.close();
      },
    });
    const container = new Container();
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [inNotes],
        sources: [object({ notes: { file: ':memory:' } })],
        resources: [notes],
      }),
    );
    const resource = container.get(resourceIdentifier(notes));
    const database = resource.current;
    expect(await resource.use((inUse) => inUse.prepare('SELECT 1 AS one').get())).toEqual({ one: 1 });
    await container.unbindAllAsync();
    expect(() => {
      database.exec('SELECT 1');
    }).toThrow('not open');
  });
});
