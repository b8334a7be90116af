import { type ConfigMap, type ConfigPath, isConfigMap } from '../../core/index.js';
import { edited, type MigratedDocument, valueAt } from '../../runtime/index.js';
import { UsageError } from '../usage-error.js';
import type { EncryptAgain } from './encrypt-again.js';
import { type ChangeableDocument, type DocumentMigration, migrateDocument } from './migrate-text.js';
import { type TextChange, TreeText } from './tree-text.js';

/** One document of a text that holds several: what is below a key at its root. */
class Part implements ChangeableDocument {
  readonly #whole: ChangeableDocument;
  readonly #id: string;

  public constructor(whole: ChangeableDocument, id: string) {
    this.#whole = whole;
    this.#id = id;
  }

  public get tree(): ConfigMap {
    const value = valueAt(this.#whole.tree, [this.#id]);
    return isConfigMap(value) ? value : {};
  }

  public placeOf(path: ConfigPath): { readonly line: number; readonly column: number } | undefined {
    return this.#whole.placeOf?.([this.#id, ...path]);
  }

  public async apply(change: TextChange): Promise<void> {
    // A document stays one when its last value goes.
    const isLast = change.kind === 'remove' && isEmpty(edited(this.tree, { from: [change.path], to: [] }));
    await this.#whole.apply(isLast ? { kind: 'set', path: [this.#id], value: {} } : this.#below(change));
  }

  #below(change: TextChange): TextChange {
    const below = (path: ConfigPath): ConfigPath => [this.#id, ...path];
    if (change.kind === 'move') return { ...change, from: below(change.from), to: below(change.to) };
    return { ...change, path: below(change.path) };
  }
}

/** All documents of a text. */
export interface MigratedParts {
  /** Paths are those of the text. */
  readonly made: MigratedDocument;
  /** Each document as it was, and as it is. */
  readonly trees: readonly ConfigMap[];
}

/**
 * Brings each document of a text that holds several to the versions of the sections.
 *
 * @param encryptAgain of the document with an id
 * @throws TextRefusal, UsageError as {@link migrateDocument} does.
 */
export async function migrateParts(
  whole: ChangeableDocument,
  migration: Omit<DocumentMigration, 'encryptAgain'>,
  encryptAgain: (id: string) => EncryptAgain,
): Promise<MigratedParts> {
  const { tree } = whole;
  // Keys such as $params are the file's own.
  const ids = Object.keys(tree).filter((id) => !id.startsWith('$') && isConfigMap(tree[id]));
  const reading = { references: true, isDocument: true, assumed: migration.assumed };
  const planned = ids.map((id) => below(id, migration.migrations.document(new Part(whole, id).tree, reading)));
  // What cannot be changed is told with its place in the text as it is.
  if (planned.some(({ problems }) => problems.length > 0)) return { made: together(tree, planned), trees: [] };
  const results = new Map<string, MigratedParts>();
  const change = async (text: ChangeableDocument, id: string): Promise<void> => {
    const part = new Part(text, id);
    const before = part.tree;
    try {
      const made = await migrateDocument(part, { ...migration, encryptAgain: encryptAgain(id) });
      results.set(id, { made: below(id, made), trees: [before, part.tree] });
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${id}: ${error.message}`, error.hint) : error;
    }
  };
  if (whole instanceof TreeText) await whole.changeBelow(ids, change);
  else for (const id of ids) await change(whole, id);
  const all = [...results.values()];
  return {
    made: together(
      whole.tree,
      all.map(({ made }) => made),
    ),
    trees: all.flatMap(({ trees }) => trees),
  };
}

function together(tree: ConfigMap, parts: readonly MigratedDocument[]): MigratedDocument {
  return {
    tree,
    edits: parts.flatMap(({ edits }) => edits),
    problems: parts.flatMap(({ problems }) => problems),
    versions: parts.flatMap(({ versions }) => versions),
    // In the document of a tenant a default does nothing.
    defaults: {},
  };
}

function below(id: string, made: MigratedDocument): MigratedDocument {
  const written = (values: MigratedDocument['versions']): MigratedDocument['versions'] =>
    values.map((each) => ({ ...each, path: [id, ...each.path] }));
  return {
    ...made,
    edits: made.edits.map((edit) => ({
      ...edit,
      from: edit.from.map((path) => [id, ...path]),
      to: written(edit.to),
    })),
    problems: made.problems.map((problem) => ({
      ...problem,
      path: [id, ...problem.path],
      written: [id, ...problem.written],
    })),
    versions: written(made.versions),
  };
}

function isEmpty(tree: ConfigMap): boolean {
  return Object.keys(tree).length === 0;
}
