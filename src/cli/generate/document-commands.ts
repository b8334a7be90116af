import { type DescribedSection, describedSections, envExampleText, referenceText } from '../../schema/index.js';
import type { Command } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { envNames } from '../env-names.js';
import { jsonText } from '../output-text.js';
import { inDomain } from '../list-command.js';
import { withDefinition } from '../load-definition.js';
import { deliver, GENERATED_FILE, GENERATED_FILE_CODES } from './generated-file.js';

export const docsCommand: Command = documentCommand(
  'docs',
  'write a reference of all settings, in Markdown',
  'markdown',
  referenceText,
);

export const envExampleCommand: Command = documentCommand(
  'env-example',
  'write an example of a .env file with all settings',
  'env',
  envExampleText,
);

function documentCommand(
  name: string,
  summary: string,
  format: string,
  textOf: (sections: readonly DescribedSection[]) => string,
): Command {
  return {
    name,
    summary,
    words: [],
    options: {
      ...GENERATED_FILE,
      domain: { type: 'string', value: 'name', description: 'only the sections of this domain' },
      prefix: {
        type: 'string',
        value: 'text',
        description: 'what variables begin with; default: as the first processEnv(…) reads them',
      },
      ...formats([format, 'json']),
      ...CONFIG_FILE,
    },
    exitCodes: GENERATED_FILE_CODES,
    run: async (args, io) => {
      const sections = await withDefinition(args, io, async (loaded) => {
        const isAsked = inDomain(args.text('domain'), loaded.plan.entries);
        // The names of variables are the same in every environment.
        const nameOf = await envNames(loaded, { environment: 'development' }, args.text('prefix'));
        return describedSections(loaded.plan, nameOf).filter(isAsked);
      });
      const text = args.flag('json') ? jsonText(sections) : textOf(sections);
      return deliver(text, args, io, `uno-config ${name}`);
    },
  };
}
