import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isConfigMap, systemCode } from '../../core/index.js';
import { compareSchemas, type JsonSchema, type SchemaChange, schemaOf } from '../../schema/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText, paint } from '../output-text.js';
import { loadDefinition } from '../load-definition.js';
import { UsageError } from '../usage-error.js';

export const schemaDiffCommand: Command = {
  name: 'schema diff',
  summary: 'compare the schema of an older version with a newer one, or with the settings classes',
  words: ['schema'],
  moreWords: 'newer schema',
  options: { ...formats(['text', 'json']), ...CONFIG_FILE },
  exitCodes: [
    '0  whatever the older version took, the newer one takes',
    '1  a change is breaking',
    '2  the command line cannot be understood, or a schema cannot be read',
  ],
  run: schemaDiff,
};

async function schemaDiff(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [old = '', current, ...rest] = args.words;
  if (rest.length > 0) throw new UsageError('schema diff compares two schemas.', 'Write schema diff <older> [newer].');
  const before = await readSchema(old, io);
  const changes = compareSchemas(
    before,
    current === undefined ? await ownSchema(args, io) : await readSchema(current, io),
  );
  const breaking = changes.some((change) => change.breaking);
  io.out.write(args.flag('json') ? jsonText({ breaking, changes }) : diffText(changes, io));
  return breaking ? EXIT.different : EXIT.ok;
}

async function ownSchema(args: CommandArguments, io: CommandIo): Promise<JsonSchema> {
  const { definition, plan } = await loadDefinition(args, io);
  return schemaOf(definition, plan);
}

async function readSchema(file: string, io: CommandIo): Promise<JsonSchema> {
  const text = await readFile(resolve(io.folder, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${systemCode(error)}.`);
  });
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    // The parser's message quotes the file.
    throw new UsageError(`${file} is not JSON.`, 'Write one with uno-config schema --out <file>.');
  }
  if (isConfigMap(schema) && isConfigMap(schema['properties'])) return schema;
  throw new UsageError(`${file} is no schema of settings.`, 'Write one with uno-config schema --out <file>.');
}

function diffText(changes: readonly SchemaChange[], { out }: CommandIo): string {
  const count = changes.filter(({ breaking }) => breaking).length;
  if (changes.length === 0) return 'The schemas are the same.\n';
  const lines = changes.map(({ path, breaking, message }) => {
    const mark = breaking ? paint(out, 'red', 'breaking') : 'fine    ';
    return `${mark}  ${path} ${message}\n`;
  });
  const total = changes.length === 1 ? '1 change' : `${String(changes.length)} changes`;
  return `${lines.join('')}${total}, ${count === 0 ? 'none' : String(count)} of them breaking.\n`;
}
