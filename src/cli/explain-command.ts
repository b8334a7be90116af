import { nearestName } from '../core/index.js';
import { describeFully, explainFully, type Explanation, type Generation } from '../runtime/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { printableLines, jsonText } from './output-text.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { loadEnvironment, withDefinition } from './load-definition.js';
import { UsageError } from './usage-error.js';

export const explainCommand: Command = {
  name: 'explain',
  summary:
    'explain the value of a setting, or of each setting below a path: which source set it, and what it overrides',
  words: ['path'],
  options: {
    scope: {
      type: 'string',
      value: 'module',
      description: 'as this module of the application, or component of one, sees it: billing, billing/invoices',
    },
    ...SELECTORS,
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  run: explain,
};

async function explain(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  return withDefinition(args, io, async (loaded, selectors) => {
    const generation = seenFrom(args.text('scope'), await loadEnvironment(loaded, selectors));
    const explanation = explainIn(generation, args.words[0] ?? '');
    io.out.write(args.flag('json') ? jsonText(explanation) : `${printableLines(explanation.toString())}\n`);
    return EXIT.ok;
  });
}

/** What a scope sees; the scope is a word of the command line, and no setting. */
function seenFrom(scope: string | undefined, generation: Generation): Generation {
  if (scope === undefined) return generation;
  try {
    return generation.view(scope);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

export function explainIn(generation: Generation, path: string): Explanation {
  const explanation = explainedPath(generation, path);
  const isSetting =
    explanation.value !== undefined || explanation.winner !== undefined || explanation.settings.length > 0;
  const paths = describeFully(generation).map((setting) => setting.path);
  if (isSetting || paths.includes(explanation.path)) return explanation;
  const groups = generation.entries.map((entry) => entry.path.join('.'));
  // Settings before groups, and the groups that they lie in as well.
  const nearest = nearestName(path, new Set([...paths, ...groups, ...paths.flatMap(groupsAround)]));
  throw new UsageError(
    `There is no setting ${JSON.stringify(path)}.`,
    nearest === undefined ? `The sections are ${groups.join(', ')}.` : `Did you mean ${nearest}?`,
  );
}

function groupsAround(path: string): readonly string[] {
  const keys = path.split('.');
  return keys.slice(1).map((_, depth) => keys.slice(0, depth + 1).join('.'));
}

function explainedPath(generation: Generation, path: string): Explanation {
  try {
    return explainFully(generation, path);
  } catch (error) {
    // The path is a word of the command line, not a setting.
    throw error instanceof Error ? new UsageError(error.message) : error;
  }
}
