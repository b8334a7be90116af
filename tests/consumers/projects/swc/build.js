import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { transformFileSync } from '@swc/core';

mkdirSync('out', { recursive: true });
for (const file of readdirSync('app')) {
  const { code } = transformFileSync(`app/${file}`, {
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  writeFileSync(`out/${file.replace(/ts$/, 'js')}`, code);
}
