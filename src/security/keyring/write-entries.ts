import type { KeyEntry, KeyMaterial } from './key-entry.js';

/** A keyset document as JSON, with all key material. */
export function writeEntries(name: string, entries: readonly KeyEntry[]): string {
  return `${JSON.stringify({ keyset: name, keys: entries.map(writeEntry) }, undefined, 2)}\n`;
}

function writeEntry({ kid, use, state, created, x, material }: KeyEntry): object {
  const kind = use === 'seal' ? { kty: 'OKP', crv: 'X25519', alg: 'ECDH-ES' } : { kty: 'oct', alg: 'dir' };
  return {
    ...kind,
    enc: 'A256GCM',
    kid,
    ...(x !== undefined && { x }),
    ...(material && writeMaterial(material, use === 'seal' ? 'd' : 'k')),
    state,
    created: new Date(created).toISOString(),
  };
}

function writeMaterial(material: KeyMaterial, member: 'd' | 'k'): object {
  if (material.kind === 'plain') return { [member]: material.secret };
  const { kind, wrapped: key, ...rest } = material;
  return { wrapped: { ...(kind === 'passphrase' && { kdf: 'scrypt' }), ...rest, key } };
}
