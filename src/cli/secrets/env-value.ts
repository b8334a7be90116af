import { foldKey, type ConfigPath } from '../../core/index.js';
import { lineStarts, parseEnvFile } from '../../sources/index.js';
import type { ValueText } from './value-text.js';

/** From the name of a variable to its value. */
export const ASSIGNED = /[\w.-]+\s*[=:][^\S\r\n]*/y;
export const QUOTED = /(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)(?=[^\S\r\n]*(?:#|\r|\n|$))/y;
export const BARE = /[^#\r\n]*?(?=\s*(?:#|\r|\n|$))/y;

/** A variable in the text of an environment file whose name ends with a path, or why it cannot be changed. */
export async function envText(text: string, path: ConfigPath): Promise<ValueText | string> {
  const variables = await variablesOf(text);
  const wanted = foldKey(path.join(''));
  const found = variables.filter(({ name }) => foldKey(name).endsWith(wanted));
  const [variable] = found;
  if (variable === undefined) return 'there is no variable whose name ends with the path';
  if (found.length > 1) return `the names of ${String(found.length)} variables end with the path`;
  const { name, line = 1, column = 1 } = variable;
  const offset = (lineStarts(text)[line - 1] ?? 0) + column - 1;
  return {
    offset,
    isThere: true,
    current: () => Promise.resolve(variable.text),
    async with(token) {
      const start = offset + lengthAt(ASSIGNED, text, offset);
      const end = start + (lengthAt(QUOTED, text, start) || lengthAt(BARE, text, start));
      const changed = text.slice(0, start) + token + text.slice(end);
      const now = new Map((await variablesOf(changed)).map((each) => [each.name, each.text]));
      const isMeant = variables.every((each) => now.get(each.name) === (each.name === name ? token : each.text));
      return isMeant && now.size === variables.length ? changed : undefined;
    },
  };
}

interface EnvVariable {
  readonly name: string;
  readonly text: string;
  readonly line?: number;
  readonly column?: number;
}

async function variablesOf(text: string): Promise<readonly EnvVariable[]> {
  const { variables } = await parseEnvFile({ fileName: '.env', path: '.env', text });
  return variables.map(({ name, text: value, origin: { line, column } }) => {
    return { name, text: value, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
  });
}

export function lengthAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0].length ?? 0;
}
