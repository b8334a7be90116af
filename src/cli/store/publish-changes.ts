import { userInfo } from 'node:os';
import { ConfigError, type DocumentChanges, sameSettings, type StoredDocuments } from '../../core/index.js';
import { printable, jsonText, paint } from '../output-text.js';
import { EXIT, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { UsageError } from '../usage-error.js';
import { checkDocuments, type FoundIssue, unsafeSecrets } from './check-documents.js';
import { afterChanges, compareDocuments, comparisonText } from './document-changes.js';
import type { StorePlace } from './store-place.js';

/** How often it is tried again when another document of the same store was published meanwhile. */
const ATTEMPTS = 5;

/** What is to be published, made from the newest state, so that it can be made again from a newer one. */
export type ChangesFrom = (head: StoredDocuments) => DocumentChanges | Promise<DocumentChanges>;

/** Checks changes, shows them, and publishes them unless they are wrong or only tried. */
export async function publishChanges(
  place: StorePlace,
  changesFrom: ChangesFrom,
  comment: string | undefined,
  args: CommandArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const { store } = place;
  for (let attempt = 1; ; attempt++) {
    const head = await store.read();
    const changes = realChanges(head, await changesFrom(head));
    try {
      return await publishOnce(place, head, changes, comment, args, io);
    } catch (error) {
      if (!ConfigError.is(error) || error.code !== 'revision-conflict') throw error;
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function publishOnce(
  place: StorePlace,
  head: StoredDocuments,
  changes: DocumentChanges,
  comment: string | undefined,
  args: CommandArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const { store } = place;
  const isDry = args.flag('dry-run');
  const json = args.flag('json');
  const shown = { store: store.name, from: head.revision };
  if (changes.size === 0) {
    if (json) io.out.write(jsonText({ ...shown, published: null, differences: [], issues: [] }));
    else io.out.write(`${printable(store.name)} holds that already, in revision ${String(head.revision)}.\n`);
    return EXIT.ok;
  }
  refuseSecrets(place, changes, args);
  const after = afterChanges(head, changes);
  const { differences, notCompared } = compareDocuments(place, head, after);
  const issues = await checkDocuments(place, head, after, changes, args, io);
  const isPublished = issues.length === 0 && !isDry;
  if (!json) io.out.write(comparisonText({ differences, notCompared }, io.out));
  if (!json && issues.length > 0) io.out.write(issuesText(issues, io));
  const published = isPublished
    ? await store.publish(changes, { expected: head.revision, author: args.text('author') ?? userName(), comment })
    : null;
  if (json) io.out.write(jsonText({ ...shown, published, differences, notCompared, issues }));
  else if (published !== null) io.out.write(`${printable(store.name)}: published revision ${String(published)}.\n`);
  else
    io.out.write(
      issues.length > 0 ? 'Nothing is published.\n' : 'Valid. Nothing is published, because of --dry-run.\n',
    );
  return issues.length === 0 ? EXIT.ok : EXIT.invalid;
}

/** Without documents that are so already. */
function realChanges({ documents }: StoredDocuments, changes: DocumentChanges): DocumentChanges {
  return new Map([...changes].filter(([id, document]) => !sameSettings(documents.get(id), document)));
}

function refuseSecrets(place: StorePlace, changes: DocumentChanges, args: CommandArguments): void {
  const unsafe = unsafeSecrets(place, changes);
  const masks = unsafe.filter((one) => one.endsWith('not a value'));
  const wrong = args.flag('plain-secrets') ? masks : unsafe;
  if (wrong.length === 0) return;
  throw new UsageError(
    `Nothing is published: ${printable(wrong.join('; '))}.`,
    'Encrypt secrets with uno-config encrypt, or write --plain-secrets if everybody may see them who may read the store.',
  );
}

function issuesText(issues: readonly FoundIssue[], io: CommandIo): string {
  return issues
    .map(({ environment, tenant, path, message, hint }) => {
      const where = tenant === undefined ? environment : `${environment}, tenant ${tenant}`;
      const what = path === '' ? message : `${path}: ${message}`;
      const line = `${paint(io.out, 'red', printable(where))}: ${printable(what)}\n`;
      return hint === null ? line : `${line}    ${printable(hint)}\n`;
    })
    .join('');
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return undefined;
  }
}
