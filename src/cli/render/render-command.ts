import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats, SELECTORS } from '../common-options.js';
import { envNames } from '../env-names.js';
import { jsonText } from '../output-text.js';
import { loadEnvironment, withDefinition } from '../load-definition.js';
import { UsageError } from '../usage-error.js';
import { yamlText } from '../../core/index.js';
import { renderedDocument, type RenderedDocument } from './document.js';
import { configMap, helmValues, secretManifest, type ManifestNames } from './manifests.js';

export const renderCommand: Command = {
  name: 'render',
  summary: 'print the settings in effect as one document to deploy, with references in place of secrets',
  words: [],
  options: {
    ...SELECTORS,
    as: {
      type: 'string',
      choices: ['yaml', 'json', 'configmap', 'secret', 'helm'],
      description: 'a document, a manifest of Kubernetes, or values of a Helm chart; default: yaml',
    },
    name: { type: 'string', value: 'name', description: 'what the ConfigMap or Secret is called; default: settings' },
    file: { type: 'string', value: 'name', description: 'what the file in the ConfigMap is called; default: app.yaml' },
    prefix: {
      type: 'string',
      value: 'text',
      description: 'what variables of secrets begin with; default: as the first processEnv(…) reads them',
    },
    ...formats(['yaml', 'json'], 'the same as --as'),
    ...CONFIG_FILE,
  },
  run: render,
};

const WRITERS: Readonly<Record<string, (document: RenderedDocument, names: ManifestNames) => string>> = {
  yaml: ({ tree }) => yamlText(tree),
  json: ({ tree }) => jsonText(tree),
  configmap: configMap,
  secret: secretManifest,
  helm: helmValues,
};

async function render(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [as, format] = [args.text('as'), args.text('format')];
  if (as !== undefined && format !== undefined && as !== format) {
    throw new UsageError(`--as ${as} and --format ${format} ask for two forms.`, 'Write one of them.');
  }
  const write = WRITERS[as ?? format ?? 'yaml'];
  return withDefinition(args, io, async (loaded, selectors) => {
    const generation = await loadEnvironment(loaded, selectors);
    const variableOf = await envNames(loaded, generation.selectors, args.text('prefix'));
    const document = renderedDocument(generation, loaded.plan.schema, variableOf);
    io.out.write(
      write?.(document, { name: args.text('name') ?? 'settings', file: args.text('file') ?? 'app.yaml' }) ?? '',
    );
    return EXIT.ok;
  });
}
