import { describe, expect, it } from '@jest/globals';
import {
  scopePath,
  secretAt,
  type LeafNode,
  type SchemaKey,
  type SchemaNode,
  type SectionNode,
} from '../../src/core/index.js';

const text: LeafNode = { kind: 'leaf', type: 'string' };
const secret: LeafNode = { kind: 'leaf', type: 'secret string', secret: { level: 'mask', form: 'text' } };

function section(nodes: Readonly<Record<string, SchemaNode>>): SectionNode {
  const keys = Object.entries(nodes).map(([name, node]): SchemaKey => ({
    name,
    node,
    aliases: [],
    envNames: [],
    secret: false,
  }));
  return { kind: 'section', keys: new Map(keys.map((key) => [key.name, key])), spellings: new Map(), open: false };
}

const ROOT = section({
  host: text,
  key: secret,
  tokens: { kind: 'list', item: secret },
  byName: { kind: 'map', item: { kind: 'list', item: section({ password: secret, user: text }) } },
});

describe('what is declared of the secret at a path', () => {
  it.each(['key', 'tokens.0', 'byName.7.0.password', 'key.below', 'tokens.0.below'])('is its rule at %s', (path) => {
    const whole = path.replace('.below', '').split('.');
    expect(secretAt(ROOT, path.split('.'))).toEqual({ path: whole, rule: secret.secret });
  });

  it.each(['host', 'host.below', 'tokens', 'byName.7', 'byName.7.0', 'byName.7.0.user', 'none', 'none.key'])(
    'is nothing at %s',
    (path) => {
      expect(secretAt(ROOT, path.split('.'))).toBeUndefined();
    },
  );

  it('is nothing at the root, unless the root is a secret', () => {
    expect([secretAt(ROOT, []), secretAt(secret, [])?.rule]).toEqual([undefined, secret.secret]);
  });
});

describe('the path that a value is encrypted for', () => {
  it.each([
    ['key', 'key'],
    ['tokens.3', 'tokens'],
    ['byName.7.0.password', 'byName.7.password'],
    ['byName.7', 'byName.7'],
    ['none.0.1', 'none.0.1'],
    ['host.0', 'host.0'],
    ['tokens.0.1', 'tokens.1'],
  ])('of %s is %s', (path, scope) => {
    expect(scopePath(ROOT, path.split('.')).join('.')).toBe(scope);
  });
});
