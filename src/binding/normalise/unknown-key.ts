import { type ConfigPath, type SchemaNode, type SectionNode, childNode, nearestName } from '../../core/index.js';
import type { Finding } from '../bind/index.js';
import { canonicalKey } from '../plan/index.js';

/** The issue of an undeclared key, with the declared one that was most likely meant. */
export function unknownKey(parent: ConfigPath, key: string, node: SectionNode): Finding {
  const aliases = [...node.keys.values()].flatMap((known) => known.aliases);
  const nested = nestedKeys(key, node);
  const ofFiles = parent.length === 0 ? FILE_KEYS : [];
  const nearest = nearestName(key, [...node.keys.keys(), ...aliases, ...ofFiles]);
  return {
    code: 'unknown-key',
    path: [...parent, key],
    message: 'is not a known key',
    ...(nested !== undefined && { hint: `A dot does not nest here: write ${nested.toReversed().join(' below ')}.` }),
    ...(nearest !== undefined && { nearest: [...parent, nearest] }),
    ...(nested === undefined &&
      nearest === undefined && {
        hint: `${thereAre([...node.keys.keys()])}Remove it, declare it in a settings class, or list it under foreignKeys.`,
      }),
  };
}

/** Keys at the root of a file besides settings. */
const FILE_KEYS = ['$cohorts', '$import', '$params'];

function thereAre(keys: readonly string[]): string {
  if (keys.length === 0) return '';
  const [noun, verb] = keys.length === 1 ? ['key', 'is'] : ['keys', 'are'];
  const more = keys.length > MOST_LISTED ? ` and ${String(keys.length - MOST_LISTED)} more` : '';
  return `The ${noun} here ${verb} ${keys.slice(0, MOST_LISTED).join(', ')}${more}. `;
}

const MOST_LISTED = 8;

/** The keys of a dotted one, such as `pool.max-size`, when they lead to a declared field. */
function nestedKeys(key: string, node: SectionNode): readonly string[] | undefined {
  const keys = key.split('.');
  let at: SchemaNode | undefined = node;
  for (const part of keys) at = at?.kind === 'section' ? childNode(at, canonicalKey(part, at)) : undefined;
  return keys.length > 1 && at !== undefined ? keys : undefined;
}
