import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { missingServicePackages } from './scripts/services.js';

const nodeGlobals = Object.fromEntries(
  ['AbortController', 'AbortSignal', 'Buffer', 'URL', 'clearTimeout', 'console', 'fetch', 'performance', 'process']
    .concat(['setTimeout', 'structuredClone', 'globalThis'])
    .map((name) => [name, 'readonly']),
);

export default defineConfig(
  // The consumer projects have compilers and rules of their own.
  globalIgnores([
    'dist',
    '.build',
    'coverage',
    'reports',
    '.stryker-tmp',
    'tests/consumers/app',
    'tests/consumers/projects',
    'scripts/docs/world.d.ts',
    'scripts/docs/node-sqlite.d.ts',
    // Without the types of its packages it cannot be judged.
    ...(missingServicePackages.length > 0 ? ['tests/services'] : []),
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { require: 'readonly', module: 'writable', __dirname: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.json',
          './tsconfig.samples.json',
          './tests/services/tsconfig.json',
          './src/inspector/page/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Knows emitDecoratorMetadata: leaves value imports alone in files with decorators.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'explicit' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // A settings field's written type is what the compiler hands to decorators.
      '@typescript-eslint/no-inferrable-types': ['error', { ignoreProperties: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['samples/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      // Settings classes in stories read like a user's: fields without `public`.
      '@typescript-eslint/explicit-member-accessibility': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'tests/fast-check.ts has the seed of the run.' },
      ],
    },
  },
  { files: ['tests/fast-check.ts', 'tests/consumers/**'], rules: { 'no-restricted-imports': 'off' } },
  prettier,
);
