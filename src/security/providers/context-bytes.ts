import type { KeyContext } from '../keyring/index.js';

/**
 * A context as the bytes that a service binds a key to: JSON without blanks, the keys in the order of their UTF-16 units,
 * in UTF-8. Whoever makes the same JSON can unwrap a key by hand, with the service's own tools.
 */
export function contextBytes(context: KeyContext): Buffer {
  const pairs = Object.entries(context)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return Buffer.from(`{${pairs.join(',')}}`, 'utf8');
}
