import { escaped } from '../fields/index.js';

/**
 * A regular expression for the spellings of a key that files accept: with hyphens and underscores anywhere, in any case.
 *
 * @param except the spelling that is listed by itself
 */
export function keyPattern(key: string, except?: string): string {
  const rest = except === undefined ? '' : `(?!${escaped(except)}$)`;
  return `^${rest}[-_]*${anyCase(key)}$`;
}

/** The same for a part of a key. */
export function anyCase(part: string): string {
  return Array.from(part.replace(/[-_]/g, ''), (letter) => `${eitherCase(letter)}[-_]*`).join('');
}

function eitherCase(letter: string): string {
  const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
  // Some letters have no other case, or one of two letters.
  return lower === upper || lower.length !== upper.length ? escaped(letter) : `[${lower}${upper}]`;
}
