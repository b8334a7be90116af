import { describe, expect, it } from '@jest/globals';
import { Migrations } from '../../../src/runtime/versions/index.js';
import { EnvDocument } from '../../../src/cli/migrate/env-document.js';
import { migrateDocument } from '../../../src/cli/migrate/migrate-text.js';
import { TreeText } from '../../../src/cli/migrate/tree-text.js';
import { formatByExtension } from '../../../src/sources/index.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { awkwardDocument, STEPS } from './awkward-documents.js';

const migrations = new Migrations([{ path: ['database'], version: 3, migrations: STEPS }]);

/** The text of a document as the current version has it. */
async function migrated(file: string, text: string): Promise<string> {
  const format = formatByExtension(file);
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const document =
    format === undefined
      ? await EnvDocument.parse(body, { prefix: '', separator: '__' })
      : await TreeText.parse(format, body);
  if (document === undefined) throw new Error(`${file} does not parse:\n${text}`);
  const encryptAgain = (token: string): Promise<string> => Promise.resolve(token);
  const isEnv = format === undefined;
  await migrateDocument(document, { migrations, encryptAgain, stamps: !isEnv, assumed: isEnv ? 1 : undefined });
  return mark + document.text;
}

const COUNT = 10 * PROOF_RUNS;

describe(`${String(COUNT)} awkward documents in four formats`, () => {
  it('change where the steps change them, and in no other byte', async () => {
    for (let seed = 0; seed < COUNT; seed++) {
      const { file, before, after } = awkwardDocument(seed);
      const now = await migrated(file, before).catch((error: unknown) => `${file}: ${String(error)}\n${before}`);
      expect(now).toBe(after);
    }
  });
});
