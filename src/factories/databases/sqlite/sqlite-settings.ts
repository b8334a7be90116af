import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Min } from 'class-validator';
import { Describe, Duration, IsByteSize, IsDuration, Rule, type ByteSize } from '../../../sections/index.js';

/**
 * How a SQLite database is opened. Take it as it is, or extend it with a path of its own. What is absent is as SQLite or
 * the file has it. Subpath: `uno-config/databases/sqlite`.
 *
 * @example
 * ```ts
 * @ConfigSection('notes.db')
 * class NotesDb extends SqliteSettings {}
 * ```
 */
export class SqliteSettings {
  @Describe('The path of the file, or :memory: for a database that is gone when it is closed.')
  @IsString()
  // better-sqlite3 cuts off spaces, and takes no text for a temporary file; only node:sqlite knows URIs.
  @Matches(/^(?!file:)\S(.*\S)?$/, { message: 'must be a path or :memory:, without spaces around it, and no URI' })
  public readonly file!: string;

  @Describe('Whether the database is only read; the file must exist then.')
  @IsBoolean()
  public readonly readonly: boolean = false;

  @Describe('Whether to refuse a file that does not exist, which is made otherwise.')
  @IsBoolean()
  public readonly fileMustExist: boolean = false;

  @Describe('How long a statement waits for the lock of another connection.')
  @IsDuration({ max: '24d' })
  public readonly busyTimeout: Duration = Duration.of('5s');

  @Describe(
    'How transactions are undone after a failure; the file keeps the mode wal. In memory only memory and off have an effect.',
  )
  @IsOptional()
  @IsIn(['delete', 'truncate', 'persist', 'memory', 'wal', 'off'])
  public readonly journalMode?: 'delete' | 'truncate' | 'persist' | 'memory' | 'wal' | 'off';

  @Describe('How often the disk is waited for; normal is safe from corruption with the journal mode wal.')
  @IsOptional()
  @IsIn(['off', 'normal', 'full', 'extra'])
  public readonly synchronous?: 'off' | 'normal' | 'full' | 'extra';

  @Describe('Whether foreign keys are enforced.')
  @IsBoolean()
  public readonly foreignKeys: boolean = true;

  @Describe('Memory that pages of the database may take, in whole KiB.')
  @IsOptional()
  @IsByteSize({ min: '1KiB', max: '1TiB' })
  public readonly cacheSize?: ByteSize;

  @Describe('How much of the file is read through memory mapping; none at 0B.')
  @IsOptional()
  @IsByteSize()
  public readonly mmapSize?: ByteSize;

  @Describe('How large a journal may stay after a transaction.')
  @IsOptional()
  @IsByteSize()
  public readonly journalSizeLimit?: ByteSize;

  @Describe('Pages in the write-ahead log after which it is copied to the file; 0 for never.')
  @IsOptional()
  @IsInt()
  @Min(0)
  public readonly walAutocheckpoint?: number;

  @Describe('Where temporary tables and indexes are kept.')
  @IsOptional()
  @IsIn(['default', 'file', 'memory'])
  public readonly tempStore?: 'default' | 'file' | 'memory';

  @Rule('only a file can be readonly, or must exist', {
    fields: ['file', 'readonly', 'fileMustExist'],
    hint: 'Name a file, or leave both off.',
  })
  public isPossible(): boolean {
    return this.file !== ':memory:' || !(this.readonly || this.fileMustExist);
  }
}
