import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Manifest;

describe('package.json', () => {
  it('makes nobody install more than the packages whose decorators settings classes use', () => {
    const { peerDependencies, peerDependenciesMeta } = manifest;
    const required = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    expect(required).toStrictEqual(['class-transformer', 'class-validator', 'reflect-metadata']);
  });

  it('calls optional only what it names as a peer', () => {
    expect(Object.keys(manifest.peerDependencies)).toStrictEqual(
      expect.arrayContaining(Object.keys(manifest.peerDependenciesMeta)),
    );
  });
});
