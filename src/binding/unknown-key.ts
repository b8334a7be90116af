import type { ConfigPath, SectionNode } from '../core/index.js';
import { nearestName } from '../core/index.js';
import type { Finding } from './bind-context.js';

/** Says that a key is not declared, and which declared one it was most likely meant to be. */
export function unknownKey(parent: ConfigPath, key: string, node: SectionNode): Finding {
  const aliases = [...node.keys.values()].flatMap((known) => known.aliases);
  const nearest = nearestName(key, [...node.keys.keys(), ...aliases]);
  return {
    code: 'unknown-key',
    path: [...parent, key],
    message: 'is not a known key',
    ...(nearest !== undefined && { nearest: [...parent, nearest] }),
  };
}
