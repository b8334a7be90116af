import type { Event, Schema } from 'js-yaml';
import { MAX_DEPTH } from '../core/index.js';
import type { FileFormat, ParsedText } from './file-format.js';
import type { PositionNode } from './file-positions.js';
import { settleRareLeaves } from './file-rare-leaves.js';
import { surveyTree } from './file-survey.js';
import { FileSyntaxError } from './file-syntax-error.js';
import { explainYamlReason } from './yaml-messages.js';
import { yamlPositions } from './yaml-positions.js';
import type { JsYaml } from './yaml-schema.js';
import { createYamlSchema } from './yaml-schema.js';

/** One YAML 1.2 document of the core schema, with merge keys and `!unset`. */
export const yamlFormat: FileFormat = Object.freeze({ name: 'YAML', parse: parseYaml });

// Counted after aliases are followed; a bomb has billions.
const MAX_VALUES = 1_000_000;

interface Reader {
  readonly yaml: JsYaml;
  readonly schema: Schema;
}

let reader: Promise<Reader> | undefined;

// A failed import is forgotten, so that a retry can work.
function yamlReader(): Promise<Reader> {
  reader ??= import('js-yaml').then(
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
  const parsed = {
    root: parseDocument(yaml, schema, text),
    positions: () => (found ??= yamlPositions(yaml, schema, text)),
  };
  const surrogates = /\\u[dD]|\\U0000[dD]/.test(text);
  settleRareLeaves(text, parsed, surveyTree(parsed.root, { maxValues: MAX_VALUES, surrogates }));
  return parsed;
}

function parseDocument(yaml: JsYaml, schema: Schema, text: string): unknown {
  try {
    const events = yaml.parseEvents(text, { maxDepth: MAX_DEPTH });
    refuseSecondDocument(yaml, text, events);
    const [document] = yaml.constructFromEvents(events, { source: text, schema });
    return document ?? undefined;
  } catch (error) {
    // The parser's own message quotes the file, which may hold a secret.
    throw error instanceof yaml.YAMLException ? yamlError(error.reason, error.mark?.position) : error;
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

function yamlError(reason: string, position: number | undefined): FileSyntaxError {
  return new FileSyntaxError({ ...explainYamlReason(reason), ...(position !== undefined && { offset: position }) });
}
