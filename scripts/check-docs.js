// Type-checks every ```ts block of README.md, docs/ and the doc comments in src against the built package, and executes
// the blocks marked `run`. CONTRIBUTING.md ("Examples") says how to write them. Needs `npm run build` first.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { docCommentBlocks, markdownBlocks } from './docs-blocks.js';
import { missingServicePackages, serviceModules } from './services.js';

const home = fileURLToPath(new URL('..', import.meta.url));
const root = path.resolve(process.argv[2] ?? home);
const target = path.join(root, '.build/docs-examples');

/** Where a name that an example uses without importing it may come from; the first that has it wins. */
const packages = ['uno-config', 'uno-config/testing', 'class-validator', 'class-transformer', 'inversify'];

/** Doc comments leave out their imports: each says the subpath of what it is about. */
const subpaths = ['sources', 'keys', 'access', 'audit', 'observability'].map((name) => `uno-config/${name}`);

/** Declares what doc comments may use besides; see there. */
const world = 'docs-world.d.ts';

/** Diagnostics for a name that nothing declares; `object` is also a type's name, hence the last one. */
const unknownName = new Set([2304, 2503, 2552, 18004, 2693]);

const options = {
  ...ts.convertCompilerOptionsFromJson(
    ts.readConfigFile(path.join(home, 'tsconfig.json'), ts.sys.readFile).config.compilerOptions,
    home,
  ).options,
  // Examples may leave out the word `type` in imports, as most applications do.
  verbatimModuleSyntax: false,
  isolatedModules: false,
  typeRoots: [path.join(home, 'node_modules/@types')],
  rootDir: target,
  outDir: target,
};

/** Reads the files that do not change between the programs, Node's types above all, only once. */
const host = ts.createCompilerHost(options);
const sourceFiles = new Map();
const readSourceFile = host.getSourceFile.bind(host);
host.getSourceFile = (name, ...rest) => {
  if (path.resolve(name).startsWith(target)) return readSourceFile(name, ...rest);
  if (!sourceFiles.has(name)) sourceFiles.set(name, readSourceFile(name, ...rest));
  return sourceFiles.get(name);
};

function filesBelow(folder, extension) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((name) => name.endsWith(extension))
    .sort();
}

function readBlocks() {
  const pages = [...(existsSync(path.join(root, 'README.md')) ? ['README.md'] : []), ...filesBelow('docs', '.md')];
  const read = (file) => readFileSync(path.join(root, file), 'utf8');
  return [
    ...pages.flatMap((file) => markdownBlocks(read(file), file)),
    ...filesBelow('src', '.ts').flatMap((file) => docCommentBlocks(read(file), file)),
  ];
}

/** Whether a file imports a package of services that is not installed. */
function canBeChecked({ lines }) {
  return !lines.some((line) => missingServicePackages.some((name) => line.includes(`from '${name}'`)));
}

/** Turns blocks into files: blocks of one page with the same `file=` make one file. Line 1 is kept free for imports. */
function toFiles(blocks) {
  const files = new Map();
  for (const [index, block] of blocks.entries()) {
    if (block.language !== 'ts' && block.name === undefined) continue;
    const folder = path.join(target, block.page.replace(/[^\w.-]+/g, '-'));
    const name = path.join(folder, block.name ?? `example-${block.line}.ts`);
    const file = files.get(name) ?? { name, folder, lines: [], origins: [], run: false, output: undefined };
    const lines = block.code.split('\n');
    file.lines.push(...lines);
    file.origins.push(...lines.map((_, line) => `${block.file}:${block.line + line}`));
    file.isExample = block.language === 'ts';
    file.inComment = block.page !== block.file;
    file.source = block.file;
    file.isNamed = block.name !== undefined;
    file.run ||= block.run;
    const next = blocks[index + 1];
    if (block.run && next?.output && next.page === block.page) file.output = next.code;
    files.set(name, file);
  }
  return [...files.values()];
}

function write(file, imports) {
  mkdirSync(path.dirname(file.name), { recursive: true });
  const text = file.lines.join('\n');
  writeFileSync(file.name, file.isExample ? `${imports}\n${text}\n` : `${text}\n`);
}

/** The names that each module exports; a module that is not there exports none. */
function exportsOf(modules) {
  const probe = path.join(target, 'exports.ts');
  writeFileSync(probe, modules.map((name, index) => `export * as m${index} from '${name}';`).join('\n'));
  const program = ts.createProgram([probe], options, host);
  const checker = program.getTypeChecker();
  rmSync(probe);
  return program.getSourceFile(probe).statements.map(({ moduleSpecifier }) => {
    const module = checker.getSymbolAtLocation(moduleSpecifier);
    return module ? checker.getExportsOfModule(module).map(({ name }) => name) : [];
  });
}

/** The modules a file may draw on besides its page's own, the first that has a name wins; relative ones to `target`. */
function modulesFor({ inComment, source }) {
  if (!inComment) return packages;
  const folder = path.posix.dirname(source).replace(/^src/, '../../dist');
  return [...packages, ...subpaths, './docs-world.js', `${folder}/index.js`];
}

/** Names that a page's own `file=` blocks export, for the blocks that follow. */
function pageExports(program, files) {
  const checker = program.getTypeChecker();
  const pages = new Map();
  for (const file of files.filter(({ isNamed }) => isNamed)) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file.name));
    const names = pages.get(file.folder) ?? new Map();
    for (const { name } of module ? checker.getExportsOfModule(module) : []) {
      const specifier = path.relative(file.folder, file.name).split(path.sep).join('/').replace(/ts$/, 'js');
      if (!names.has(name)) names.set(name, `./${specifier}`);
    }
    pages.set(file.folder, names);
  }
  return pages;
}

function missingImports(program, file, sources) {
  const source = program.getSourceFile(file.name);
  const missing = program
    .getSemanticDiagnostics(source)
    .filter(({ code }) => unknownName.has(code))
    .map(({ start, length }) => source.text.slice(start, start + length));
  return [...new Set(missing)]
    .flatMap((name) => {
      const from = sources.map((names) => names?.get(name)).find(Boolean);
      return from ? [`import { ${name} } from '${from}';`] : [];
    })
    .join(' ');
}

function describeDiagnostic(files, { file, start, code, messageText }) {
  const text = `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`;
  const example = file && files.find(({ name }) => path.resolve(name) === path.resolve(file.fileName));
  if (!example) return file ? `${path.relative(root, file.fileName)} ${text}` : text;
  const { line } = ts.getLineAndCharacterOfPosition(file, start);
  return `${example.origins[Math.max(0, Math.min(line, example.origins.length) - 1)]} ${text}`;
}

function runExample(file) {
  const place = file.origins[0];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => ['PATH', 'SystemRoot'].includes(name)));
  const script = file.name.replace(/ts$/, 'js');
  const result = spawnSync(process.execPath, [script], { cwd: file.folder, env, encoding: 'utf8', timeout: 30_000 });
  if (result.status !== 0)
    return [`${place} does not run: ${result.stderr.trim() || String(result.error ?? 'stopped')}`];
  if (file.output === undefined || result.stdout.trimEnd() === file.output.trimEnd()) return [];
  return [`${place} prints something else than the page says:\n${result.stdout}`];
}

function check() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // The examples find what only the tests of services have, and everything else further up.
  if (missingServicePackages.length === 0) symlinkSync(serviceModules, path.join(target, 'node_modules'), 'junction');
  const all = toFiles(readBlocks());
  const files = all.filter(canBeChecked);
  const examples = files.filter(({ isExample }) => isExample);
  for (const file of files) write(file, '');

  const names = examples.map(({ name }) => name);
  const first = ts.createProgram(names, options, host);
  copyFileSync(path.join(home, 'scripts', world), path.join(target, world));
  const pages = pageExports(first, examples);
  const modules = [...new Set(examples.flatMap(modulesFor))];
  const exported = new Map(exportsOf(modules).map((found, index) => [modules[index], found]));
  for (const file of examples) {
    const sources = modulesFor(file).map((module) => {
      // A page's folder is one below the target.
      const specifier = module.startsWith('.') ? path.posix.join('..', module) : module;
      return new Map(exported.get(module).map((name) => [name, specifier]));
    });
    write(file, missingImports(first, file, [pages.get(file.folder), ...sources]));
  }

  const program = ts.createProgram(names, options, host, first);
  const problems = ts.getPreEmitDiagnostics(program).map((diagnostic) => describeDiagnostic(files, diagnostic));
  program.emit();
  const runs = problems.length > 0 ? [] : examples.filter(({ run }) => run);
  problems.push(...runs.flatMap(runExample));
  return {
    problems: [...new Set(problems)],
    examples: examples.length,
    runs: runs.length,
    left: all.length - files.length,
  };
}

try {
  const { problems, examples, runs, left } = check();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`${examples} examples compile, ${runs} of them ran`);
  if (left > 0) {
    const missing = missingServicePackages.join(', ');
    console.log(`Skipped: ${left} examples, without ${missing} (npm ci --prefix tests/services)`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
