import type { ConfigPath } from '../../core/index.js';
import { type FileFormat, type ParsedText, FileSyntaxError } from './file-format.js';
import { nearestPosition, type PositionNode } from './file-positions.js';
import { settleRareLeaves } from './file-rare-leaves.js';
import { type Survey, countColons, surveyTree } from './file-survey.js';
import { blankComments } from './json-comments.js';
import { locateJson } from './json-locate.js';
import { scanJson } from './json-scan.js';

const INVALID = 'invalid-json';

/** JSON as RFC 8259 has it. */
export const jsonFormat: FileFormat = Object.freeze({
  name: 'JSON',
  emptyOnPurpose: 'To remove its settings on purpose, write {}.',
  parse: parseJson,
});

/** JSON with comments and trailing commas. */
export const jsonWithCommentsFormat: FileFormat = Object.freeze({
  name: 'JSON with comments',
  emptyOnPurpose: 'To remove its settings on purpose, write {}.',
  parse: parseWithComments,
});

function parseWithComments(text: string): ParsedText {
  try {
    // Most files that may have comments have none.
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof FileSyntaxError) || error.code !== INVALID) throw error;
    return parseJson(blankComments(text));
  }
}

function parseJson(text: string): ParsedText {
  if (/^[ \t\r\n]*$/.test(text)) {
    throw new FileSyntaxError({ code: INVALID, message: 'the file is empty; write {} for no settings', offset: 0 });
  }
  let found: PositionNode | undefined;
  const parsed = {
    root: parseOrExplain(text),
    positions: () => (found ??= scanJson(text)),
    position: (path: ConfigPath) => (found === undefined ? locateJson(text, path) : nearestPosition(found, path)),
  };
  const survey = surveyTree(parsed.root, { surrogates: text.includes('\\u') });
  if (survey.rare.length > 0 || survey.excess !== undefined) settleRareLeaves(text, parsed, survey);
  // The scan refuses a key that is written twice.
  if (mayRepeatKeys(text, parsed.root, survey)) parsed.positions();
  return parsed;
}

// The parser's own message quotes the file, which may hold a secret, and in some versions of Node names no place.
function parseOrExplain(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    scanJson(text);
    throw new FileSyntaxError({ code: INVALID, message: 'the file cannot be read as JSON' });
  }
}

/**
 * Checks cheaply whether some map may have one key twice. Each written key has a colon behind it; so when the source has no
 * more colons than the tree has keys and colons in its strings, no key was lost. Only an escaped colon could hide a loss.
 * Most files have no colons in strings, so these are counted last.
 */
function mayRepeatKeys(text: string, root: unknown, survey: Survey): boolean {
  if (text.includes('\\u') && /\\u003a/i.test(text)) return true;
  const unexplained = countColons(text) - survey.keys;
  return unexplained !== 0 && unexplained !== colonsIn(root);
}

function colonsIn(node: unknown): number {
  if (typeof node === 'string') return countColons(node);
  if (typeof node !== 'object' || node === null) return 0;
  const entries: [string, unknown][] = Object.entries(node);
  return entries.reduce((count, [key, value]) => count + countColons(key) + colonsIn(value), 0);
}
