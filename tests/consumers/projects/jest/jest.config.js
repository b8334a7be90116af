// The configuration that docs/guide/testing.md recommends; keep the two alike.
//
// Inversify 8 and uno-config are ES modules only, so Jest has to run as ESM:
//   node --experimental-vm-modules node_modules/jest/bin/jest.js
// @swc/jest is enough: field types come from the validators, so nothing depends on how a compiler writes decorator
// metadata. `decoratorMetadata` serves plain constructor injection (`constructor(database: DatabaseSettings)`).
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  // `import './settings.js'` finds settings.ts.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
