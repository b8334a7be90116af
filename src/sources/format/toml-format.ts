import { isConfigMap, MAX_DEPTH } from '../../core/index.js';
import { type FileFormat, type ParsedText, FileSyntaxError } from './file-format.js';
import { type PositionNode, lineStarts } from './file-positions.js';
import { settleRareLeaves } from './file-rare-leaves.js';
import { surveyTree } from './file-survey.js';
import { explainTomlReason, type TomlLine } from './toml-messages.js';
import { tomlPositions } from './toml-positions.js';

/** TOML 1.1; dates and times become ISO 8601 strings. */
export const tomlFormat: FileFormat = Object.freeze({
  name: 'TOML',
  emptyOnPurpose: 'To remove its settings on purpose, leave the header of a table in it, such as [database].',
  parse: parseToml,
});

async function parseToml(text: string): Promise<ParsedText> {
  const { parse, TomlError } = await import('smol-toml');
  let found: PositionNode | undefined;
  const root = (): unknown => {
    try {
      return parse(text, { integersAsBigInt: 'asNeeded', maxDepth: MAX_DEPTH - 1 });
    } catch (error) {
      // The parser's own message quotes the file, which may hold a secret.
      if (!(error instanceof TomlError)) throw error;
      const offset = (lineStarts(text)[error.line - 1] ?? 0) + error.column - 1;
      throw new FileSyntaxError({ ...explainTomlReason(error.message, lineAt(text, offset)), offset });
    }
  };
  const parsed = { root: valueOf(root()), positions: () => (found ??= tomlPositions(text)) };
  settleRareLeaves(text, parsed, surveyTree(parsed.root, { surrogates: false }));
  return parsed;
}

/** The line of an offset, up to it. */
function lineAt(text: string, offset: number): TomlLine {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return { before: text.slice(start, offset), next: text.charAt(offset) };
}

/** A document without a key sets nothing, like an empty one of YAML. */
function valueOf(root: unknown): unknown {
  return isConfigMap(root) && Object.keys(root).length === 0 ? undefined : root;
}
