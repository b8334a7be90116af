import type { Event, Schema } from 'js-yaml';
import { MAX_DEPTH } from '../../core/index.js';
import { type FileFormat, type ParsedText, FileSyntaxError } from './file-format.js';
import type { PositionNode } from './file-positions.js';
import { settleRareLeaves } from './file-rare-leaves.js';
import { surveyTree } from './file-survey.js';
import { keepKeySpelling } from './yaml-keys.js';
import { explainYamlReason } from './yaml-messages.js';
import { yamlPositions } from './yaml-positions.js';
import { type JsYaml, createYamlSchema } from './yaml-schema.js';

/** One YAML 1.2 document of the core schema, with merge keys and `!unset`. */
export const yamlFormat: FileFormat = Object.freeze({
  name: 'YAML',
  emptyOnPurpose: 'To remove its settings on purpose, write {}.',
  parse: parseYaml,
});

// Counted after aliases are followed; a bomb has billions.
const MAX_VALUES = 1_000_000;

interface Reader {
  readonly yaml: JsYaml;
  readonly schema: Schema;
}

let reader: Promise<Reader> | undefined;

// A failed import is forgotten, so that a retry can work.
function yamlReader(): Promise<Reader> {
  // The module for browsers is the same parser; V8 runs it more than twice as fast as the one for Node, which is a module
  // whose functions all go through its exports.
  reader ??= import('js-yaml/browser').then(
    (yaml) => ({ yaml, schema: createYamlSchema(yaml) }),
    (error: unknown) => {
      reader = undefined;
      throw error;
    },
  );
  return reader;
}

async function parseYaml(text: string): Promise<ParsedText> {
  const { yaml, schema } = await yamlReader();
  let found: PositionNode | undefined;
  const root = parseDocument({ yaml, schema }, text);
  const parsed = { root, positions: () => (found ??= yamlPositions(yaml, schema, text)) };
  const surrogates = /\\u[dD]|\\U0000[dD]/.test(text);
  settleRareLeaves(text, parsed, surveyTree(root, { maxValues: MAX_VALUES, surrogates }));
  return parsed;
}

function parseDocument({ yaml, schema }: Reader, text: string): unknown {
  try {
    const events = yaml.parseEvents(text, { maxDepth: MAX_DEPTH });
    refuseSecondDocument(yaml, text, events);
    const spelled = keepKeySpelling(yaml, schema, text, events);
    if (spelled.complex !== undefined) throw complexKey(text, spelled.complex);
    const [document] = yaml.constructFromEvents(spelled.events, { source: text, schema });
    return document ?? undefined;
  } catch (error) {
    // The parser's own message quotes the file, which may hold a secret.
    throw error instanceof yaml.YAMLException ? yamlError(text, error.reason, error.mark?.position) : error;
  }
}

function refuseSecondDocument(yaml: JsYaml, text: string, events: readonly Event[]): void {
  const documents = events.filter((event) => event.type === yaml.EVENT_ID.DOCUMENT);
  const [first] = documents;
  if (first === undefined || documents.length === 1) return;
  const marker = [...text.matchAll(/^---(?=\s|$)/gm)].at(first.explicitStart ? 1 : 0);
  throw new FileSyntaxError({
    code: 'invalid-yaml',
    message: `the file holds ${String(documents.length)} documents separated by ---; a configuration file is one`,
    ...(marker !== undefined && { offset: marker.index }),
  });
}

function complexKey(text: string, offset: number): FileSyntaxError {
  return templateError(text, offset) ?? invalid('a key must be a text, not a map or a list', offset);
}

function yamlError(text: string, reason: string, offset: number | undefined): FileSyntaxError {
  const template = offset === undefined ? undefined : templateError(text, offset);
  if (template !== undefined) return template;
  const lineStart = offset === undefined ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const explained = explainYamlReason(reason, {
    afterKey: /:\s/.test(before),
    next: text.slice(offset).trimStart()[0],
  });
  return new FileSyntaxError({ ...explained, ...(offset !== undefined && { offset }) });
}

/** An unrendered template of Helm or the like: whatever the parser makes of it, that is the mistake. */
function templateError(text: string, offset: number): FileSyntaxError | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const [line = ''] = /[^\r\n]*/.exec(text.slice(lineStart)) ?? [];
  const at = line.search(/\{[{%]/);
  if (at === -1 || lineStart + at > offset + 1) return undefined;
  return invalid(
    'this looks like a template that has not been filled in; to keep it as a text, put the whole value in quotes',
    lineStart + at,
  );
}

function invalid(message: string, offset: number): FileSyntaxError {
  return new FileSyntaxError({ code: 'invalid-yaml', message, offset });
}
