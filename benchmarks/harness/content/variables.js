import { listVariables } from './sections.js';

/** What the environment variables of the content begin with. */
export const PREFIX = 'APP_';

/** What is between two keys in their names. */
export const SEPARATOR = '__';

/** `APP_` and the keys as they are: what libraries read that do not translate names. */
export function spellAsIs(path) {
  return `${PREFIX}${path.join(SEPARATOR)}`;
}

/**
 * Puts the variables of the content into the environment of this process, by the names that `spell` gives them, in place of
 * those of another content.
 */
export function setVariables(content, spell) {
  for (const name of Object.keys(process.env)) if (name.startsWith(PREFIX)) delete process.env[name];
  for (const { path, text } of variablesOf(content)) process.env[spell(path)] = text;
}

/** The variables of the content: `[{ path, kind, text }]`; none for a content without. */
export function variablesOf(content) {
  return content.variables === true ? listVariables(content) : [];
}
