import type { ConfigPath } from './config-path.js';
import type { SectionNode } from './config-schema.js';

/** The declared keys whose folded spellings make up a string, one below the other: `dbport` for `db.port`. */
export function separatedKeys(folded: string, section: SectionNode): ConfigPath | undefined {
  return keysIn(folded, section).next().value;
}

/** The same where no other field could be meant. */
export function onlySeparatedKeys(folded: string, section: SectionNode): ConfigPath | undefined {
  const [first, second] = keysIn(folded, section);
  return second === undefined ? first : undefined;
}

/** Names that could be cut in a million ways are made for that. */
const MOST_TRIES = 20_000;

function* keysIn(
  folded: string,
  section: SectionNode,
  tries = { left: MOST_TRIES },
): Generator<ConfigPath, undefined, undefined> {
  for (const [spelling, key] of section.spellings) {
    if (tries.left-- <= 0) return;
    if (spelling === '' || !folded.startsWith(spelling)) continue;
    if (spelling === folded) {
      yield [key];
      continue;
    }
    const node = section.keys.get(key)?.node;
    if (node?.kind !== 'section') continue;
    for (const below of keysIn(folded.slice(spelling.length), node, tries)) yield [key, ...below];
  }
}
