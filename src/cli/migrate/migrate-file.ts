import { isUtf8 } from 'node:buffer';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ConfigMap, formatPath, systemCode } from '../../core/index.js';
import type { MigratedDocument } from '../../runtime/index.js';
import { FileReplacement, readWhole, removeLeftovers, type WholeFile } from '../../security/index.js';
import { formatByExtension } from '../../sources/index.js';
import { written } from '../secrets/index.js';
import { UsageError } from '../usage-error.js';
import type { EncryptAgain } from './encrypt-again.js';
import { EnvDocument, type VariableNames } from './env-document.js';
import { type MigratedParts, migrateParts } from './migrate-parts.js';
import { type ChangeableDocument, type DocumentMigration, migrateDocument, PlainTree } from './migrate-text.js';
import { TextRefusal, TreeText } from './tree-text.js';

export interface MigrationProblem {
  readonly message: string;
  readonly hint: string;
  readonly line?: number;
  readonly column?: number;
}

/** What became of one file. */
export interface FileMigration {
  readonly file: string;
  /** Whether it is of an earlier version, and can be changed as far as is known. */
  readonly isOutdated: boolean;
  readonly before: string;
  /** The same as before where there is nothing to do, or it is only checked. */
  readonly after: string;
  /** Its documents as they are, and as they would be. */
  readonly trees: readonly ConfigMap[];
  readonly made: MigratedDocument | undefined;
  readonly problems: readonly MigrationProblem[];
  /** The document, for what else is to be written into it. */
  readonly document: (EnvDocument | TreeText) | undefined;
  readonly whole: WholeFile | undefined;
}

const MOST_BYTES = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = '\uFEFF';

/** How the documents of a file are brought to the versions of the sections. */
export interface FileReading extends Omit<DocumentMigration, 'stamps' | 'encryptAgain'> {
  readonly names: VariableNames;
  /** Whether each key at the root of the file is the id of a document. */
  readonly hasParts: boolean;
  /** Of the document with an id, where the file has several. */
  readonly encryptAgain: (id?: string) => EncryptAgain;
  /** Whether it is enough to know if there is something to do: a text is parsed once then, and not after each change. */
  readonly isCheck: boolean;
}

/** Brings the text of a file to the versions of the sections. Writes nothing. */
export async function migrateFile(file: string, reading: FileReading): Promise<FileMigration> {
  const { names, hasParts, encryptAgain, isCheck, ...migration } = reading;
  const whole = await readWhole(file, MOST_BYTES).catch((error: unknown) => `the system says ${systemCode(error)}`);
  if (typeof whole === 'string') return left(file, `cannot be read: ${whole}`);
  if (!isUtf8(whole.bytes)) return left(file, 'is not UTF-8');
  const text = whole.bytes.toString('utf8');
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const body = text.slice(mark.length);
  const format = formatByExtension(file);
  const isEnv = format === undefined && isEnvFile(file);
  const document = format === undefined ? await EnvDocument.parse(body, names) : await TreeText.parse(format, body);
  if (document === undefined) {
    return left(file, `is not valid ${format?.name ?? 'as a file of variables'}`, 'See uno-config validate.');
  }
  const { tree } = document;
  const found = { file, isOutdated: false, before: text, after: text, document, whole };
  // A variable cannot say a version, and has the names of the classes unless somebody says otherwise.
  if (isEnv && migration.assumed === undefined) return { ...found, trees: [], made: undefined, problems: [] };
  try {
    const changed = isCheck ? new PlainTree(tree) : document;
    const { made, trees } =
      hasParts && !isEnv
        ? await migrateParts(changed, { ...migration, stamps: true }, encryptAgain)
        : await migrateWhole(changed, { ...migration, stamps: !isEnv, encryptAgain: encryptAgain() });
    const problems = made.problems.map(({ path, written, message, hint }) => {
      return { message: `${formatPath(path)} ${message}`, hint, ...placeIn(document, written) };
    });
    const after = problems.length > 0 ? text : mark + document.text;
    const isOther = changed === document ? after !== text : changed.tree !== tree;
    return { ...found, isOutdated: problems.length === 0 && isOther, after, trees, made, problems };
  } catch (error) {
    if (!(error instanceof TextRefusal) && !(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    const place = error instanceof TextRefusal ? { line: error.line, column: error.column } : {};
    return { ...found, trees: [], made: undefined, problems: [{ message, hint, ...place }] };
  }
}

async function migrateWhole(document: ChangeableDocument, migration: DocumentMigration): Promise<MigratedParts> {
  const { tree } = document;
  const made = await migrateDocument(document, migration);
  return { made, trees: [tree, document.tree] };
}

function placeIn(
  document: EnvDocument | TreeText,
  path: readonly string[],
): { readonly line?: number; readonly column?: number } {
  return document instanceof TreeText ? document.placeOf(path) : {};
}

export function isEnvFile(file: string): boolean {
  return basename(file).startsWith('.env');
}

function left(file: string, message: string, hint = ''): FileMigration {
  const nothing = {
    isOutdated: false,
    before: '',
    after: '',
    trees: [],
    made: undefined,
    document: undefined,
    whole: undefined,
  } as const;
  return { file, ...nothing, problems: [{ message: `the file ${message}`, hint }] };
}

/**
 * Puts the text of after in its place: whole or not at all, with the mode and owner of before.
 *
 * @throws UsageError when the system does not let it, or another process has changed the file.
 */
export async function replaceFile({ file, after, whole }: FileMigration): Promise<void> {
  const done = await written(file, async () => {
    const target = await realpath(file);
    await removeLeftovers(target);
    const replacement = await FileReplacement.begin(target, whole?.stats);
    await replacement.write(Buffer.from(after, 'utf8'));
    return replacement.finish();
  });
  if (!done) throw new UsageError(`${file} was changed by another process meanwhile.`, 'Do it again.');
}
