// The floors of the house (CONTRIBUTING.md draws them): a file imports its own folder, or a folder on a lower floor
// through that folder's index.ts. `packages` are the npm packages a folder may name; nothing else may be imported.
const folders = [
  { name: 'cli', floor: 7, packages: ['inversify', 'reflect-metadata', 'typescript', 'json5'] },
  { name: 'inspector', floor: 6, packages: ['inversify'] },
  { name: 'testing', floor: 6, packages: ['inversify', 'reflect-metadata', 'fast-check'] },
  { name: 'factories', floor: 5, packages: ['inversify', 'class-transformer', 'class-validator'] },
  { name: 'tenants', floor: 5, packages: ['inversify'] },
  { name: 'flags', floor: 5, packages: ['inversify', 'class-validator'] },
  { name: 'server', floor: 5, packages: [] },
  { name: 'observability', floor: 5, packages: ['inversify', '@opentelemetry/api'] },
  { name: 'schema', floor: 4, packages: [] },
  { name: 'container', floor: 4, packages: ['inversify'] },
  { name: 'runtime', floor: 3, packages: [] },
  { name: 'binding', floor: 2, packages: ['class-transformer', 'class-validator'] },
  // A folder inside a folder, and yet a floor higher: the network sources.
  { name: 'sources/remote', floor: 2, packages: [] },
  { name: 'sections', floor: 1, packages: ['reflect-metadata'] },
  { name: 'sources', floor: 1, packages: ['dotenv', 'js-yaml', 'smol-toml'] },
  { name: 'security', floor: 1, packages: ['jose'] },
  { name: 'drivers', floor: 1, packages: [] },
  { name: 'core', floor: 0, packages: [] },
  { name: 'http', floor: 0, packages: [] },
];

/** Node's modules that only compute; every other one does I/O and stays out of core. */
const pureBuiltins = ['buffer', 'crypto', 'events', 'path', 'perf_hooks', 'timers', 'timers/promises', 'url', 'util'];

const parsers = '^node_modules/(dotenv|js-yaml|smol-toml)/';

/** Files of a folder, without those of a folder inside it that stands on a floor of its own. */
const files = ({ name }) => (name === 'sources' ? '^src/sources/(?!remote/)' : `^src/${name}/`);

const floorRules = folders.map((folder) => ({
  name: `floor-${String(folder.floor)}-${folder.name.replace('/', '-')}`,
  comment: `${folder.name} imports itself and lower floors, through their index.ts`,
  severity: 'error',
  from: { path: files(folder) },
  to: {
    path: '^src/',
    pathNot: [
      files(folder),
      ...folders.filter((other) => other.floor < folder.floor).map((other) => `^src/${other.name}/index[.]ts$`),
    ],
  },
}));

const packageRules = folders.map((folder) => ({
  name: `packages-${folder.name.replace('/', '-')}`,
  comment: `${folder.name} may name: ${folder.packages.join(', ') || 'no package at all'}`,
  severity: 'error',
  from: { path: files(folder) },
  to: {
    // Everything that is neither ours nor part of Node.
    pathNot: ['^src/', ...folder.packages.map((name) => `^node_modules/${name}/`)],
    dependencyTypesNot: ['core'],
    couldNotResolve: false,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floorRules,
    ...packageRules,
    {
      name: 'every-folder-has-a-floor',
      comment: 'a new folder needs a line in the table above',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/[^/]+[.]ts$', ...folders.map(files)] },
      to: {},
    },
    {
      name: 'roof-only-collects',
      comment:
        'a file of the roof is a subpath of the package: it enters folders by their index.ts, and names no package',
      severity: 'error',
      from: { path: '^src/[^/]+[.]ts$' },
      to: { pathNot: ['^src/([^/]+|sources/remote|factories/[^/]+)/index[.]ts$', '^src/standalone[.]ts$'] },
    },
    {
      name: 'standalone-without-inversify',
      comment: 'what runs without a container neither loads Inversify nor what is built on it',
      severity: 'error',
      from: { path: '^src/standalone[.]ts$' },
      to: { path: '^node_modules/(inversify|@inversifyjs)/', reachable: true },
    },
    {
      name: 'enter-inner-folder-by-index',
      severity: 'error',
      from: { path: '^src/([^/]+)/[^/]+$' },
      to: { path: '^src/$1/[^/]+/', pathNot: '^src/$1/[^/]+/index[.]ts$' },
    },
    {
      name: 'enter-sibling-folder-by-index',
      severity: 'error',
      from: { path: '^src/([^/]+)/([^/]+)/' },
      to: { path: '^src/$1/[^/]+/', pathNot: ['^src/$1/$2/', '^src/$1/[^/]+/index[.]ts$'] },
    },
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?(${pureBuiltins.join('|')})$` },
    },
    {
      name: 'parsers-load-lazily',
      comment: 'import() a parser where the source needs it: an application pays only for the formats it reads',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: parsers, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circular', comment: 'types count too', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-dev-deps-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg'],
        dependencyTypesNot: ['npm-peer', 'npm-optional', 'aliased-subpath-import'],
      },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '[.]d[.]ts$' }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Runs in a browser, bundled with what it is drawn by; of the library it takes types.
    exclude: '^src/inspector/page/',
    tsConfig: { fileName: 'tsconfig.build.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    parser: 'tsc',
  },
};
