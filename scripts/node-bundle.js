/** How esbuild joins modules for the oldest Node that the package runs on. */
export const NODE_BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  // Names of `imports` in package.json, which the user's bundler or Node looks up.
  external: ['#*'],
  logLevel: 'warning',
};
