import { schemaOf } from '../../schema/index.js';
import type { Command, CommandArguments, CommandIo, ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText } from '../output-text.js';
import { loadDefinition } from '../load-definition.js';
import { deliver, GENERATED_FILE, GENERATED_FILE_CODES } from './generated-file.js';

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'write the JSON Schema of the settings, with which editors complete and check files',
  words: [],
  options: {
    ...GENERATED_FILE,
    complete: { type: 'boolean', description: 'ask for required settings too: for one document that holds them all' },
    id: { type: 'string', value: 'url', description: "the schema's own address, its $id" },
    ...formats(['json']),
    ...CONFIG_FILE,
  },
  exitCodes: GENERATED_FILE_CODES,
  run: schema,
};

async function schema(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const { definition, plan } = await loadDefinition(args, io);
  const id = args.text('id');
  const complete = args.flag('complete');
  const written = schemaOf(definition, plan, { complete, ...(id !== undefined && { id }) });
  return deliver(jsonText(written), args, io, `uno-config schema${complete ? ' --complete' : ''}`);
}
