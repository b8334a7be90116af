// Classic Jest, without --experimental-vm-modules: it cannot load ES modules on Node 20, so the three packages that are
// nothing else are compiled to CommonJS with the tests. docs/guide/bundling.md shows this; keep the two alike.
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(uno-config|inversify|@inversifyjs)/)'],
  // `import './settings.js'` finds settings.ts.
  moduleNameMapper: { '^(\\.{1,2}/(?!.*node_modules).*)\\.js$': ['$1', '$1.js'] },
};
