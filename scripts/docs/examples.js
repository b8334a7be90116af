// Compiles the ```ts blocks of pages, each page in a folder of its own, with the imports that they leave out.
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { serviceModules } from '../services.js';

const home = fileURLToPath(new URL('../..', import.meta.url));

/** Where a name that an example uses without importing it may come from; the first that has it wins. */
const packages = ['uno-config', 'uno-config/testing', 'class-validator', 'class-transformer', 'inversify'];

/** Doc comments leave out their imports: each says the subpath of what it is about. */
const subpaths = ['sources', 'keys', 'access', 'audit', 'observability', 'tenants'].map((name) => `uno-config/${name}`);

/** Diagnostics for a name that nothing declares; `object` is also a type's name, hence the last one. */
const unknownName = new Set([2304, 2503, 2552, 18004, 2693]);

/**
 * @typedef {object} Example
 * @property {string} page
 * @property {string} path     below its page's folder
 * @property {string} folder   its page's folder, absolute
 * @property {string} file     absolute
 * @property {boolean} run
 * @property {string} place    `file:line` of its first line
 */

/**
 * Writes the files and what they compile to below `target`, a folder from which the packages can be found.
 * @param {import('./blocks.js').Block[]} blocks
 * @param {string} target
 * @param {readonly string[]} missing packages that cannot be found: what imports them is left out
 * @returns {{ examples: Map<string, Example>, problems: string[], left: number }} by {@link keyOf}; how many were left out
 */
export function compileExamples(blocks, target, missing) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // The examples find what only the tests of services have, and everything else further up.
  if (existsSync(serviceModules)) symlinkSync(serviceModules, path.join(target, 'node_modules'), 'junction');
  const all = toExamples(blocks, target);
  const examples = withPackages(all, missing);
  for (const example of examples) write(example, '');

  const names = [...examples.map(({ file }) => file), path.join(home, 'scripts/docs/node-sqlite.d.ts')];
  const { options, host } = compiler(target);
  const first = ts.createProgram(names, options, host);
  copyFileSync(path.join(home, 'scripts/docs/world.d.ts'), path.join(target, 'world.d.ts'));
  const pages = pageExports(first, examples);
  const modules = [...new Set(examples.flatMap(modulesFor))];
  const exported = new Map(exportsOf(modules, target, options, host).map((found, index) => [modules[index], found]));
  for (const example of examples) {
    const sources = modulesFor(example).map((module) => {
      // A page's folder is one below the target.
      const specifier = module.startsWith('.') ? path.posix.join('..', module) : module;
      return new Map(exported.get(module).map((name) => [name, specifier]));
    });
    write(example, missingImports(first, example, [pages.get(example.folder), ...sources]));
  }

  const program = ts.createProgram(names, options, host, first);
  const problems = ts.getPreEmitDiagnostics(program).map((found) => describeDiagnostic(examples, found, target));
  program.emit();
  return {
    examples: new Map(examples.map((example) => [exampleKey(example.page, example.path), example])),
    problems: [...new Set(problems)],
    left: all.length - examples.length,
  };
}

/** The key of the example that a block is, or is a part of. */
export const keyOf = ({ page, name, line }) => exampleKey(page, name ?? `example-${line}.ts`);

const exampleKey = (page, name) => `${page} ${name}`;

/** The name of a page's folder. */
export const folderOf = (page) => page.replace(/[^\w.-]+/g, '-');

function compiler(target) {
  const { config } = ts.readConfigFile(path.join(home, 'tsconfig.json'), ts.sys.readFile);
  const options = {
    ...ts.convertCompilerOptionsFromJson(config.compilerOptions, home).options,
    // Examples may leave out the word `type` in imports, as most applications do.
    verbatimModuleSyntax: false,
    isolatedModules: false,
    typeRoots: [path.join(home, 'node_modules/@types')],
    rootDir: target,
    outDir: target,
  };
  // Reads the files that do not change between the programs, Node's types above all, only once.
  const host = ts.createCompilerHost(options);
  const sourceFiles = new Map();
  const readSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    if (path.resolve(name).startsWith(target)) return readSourceFile(name, ...rest);
    if (!sourceFiles.has(name)) sourceFiles.set(name, readSourceFile(name, ...rest));
    return sourceFiles.get(name);
  };
  return { options, host };
}

/** Those that import none of the missing packages, nor a file of their page that does. */
function withPackages(examples, missing) {
  const imports = ({ lines }, names) => {
    const imported = lines.flatMap((line) =>
      [...line.matchAll(/(?:from |import\()'([^']+)'/g)].map(([, name]) => name),
    );
    return names.some((name) => imported.some((one) => one === name || one.startsWith(`${name}/`)));
  };
  const left = examples.filter((example) => imports(example, missing));
  const pathsLeft = ({ folder }) =>
    left.filter((other) => other.folder === folder).map((other) => `./${other.path.replace(/ts$/, 'js')}`);
  return examples.filter((example) => !left.includes(example) && !imports(example, pathsLeft(example)));
}

/** Turns blocks into files: blocks of one page with the same `file=` make one. Line 1 is kept free for imports. */
function toExamples(blocks, target) {
  const examples = new Map();
  for (const block of blocks.filter(({ language }) => language === 'ts')) {
    const key = keyOf(block);
    const folder = path.join(target, folderOf(block.page));
    const name = key.slice(block.page.length + 1);
    const example = examples.get(key) ?? {
      page: block.page,
      path: name,
      folder,
      file: path.join(folder, name),
      place: `${block.file}:${block.line}`,
      lines: [],
      origins: [],
      run: false,
      inComment: block.page !== block.file,
      source: block.file,
      isNamed: block.name !== undefined,
    };
    const lines = block.code.split('\n');
    example.lines.push(...lines);
    example.origins.push(...lines.map((_, line) => `${block.file}:${block.line + line}`));
    example.run ||= block.run === true;
    examples.set(key, example);
  }
  return [...examples.values()];
}

function write({ file, lines }, imports) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${imports}\n${lines.join('\n')}\n`);
}

/** The names that each module exports; a module that is not there exports none. */
function exportsOf(modules, target, options, host) {
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
  return [...packages, ...subpaths, './world.js', `${folder}/index.js`];
}

/** Names that a page's own `file=` blocks export, for the blocks that follow. */
function pageExports(program, examples) {
  const checker = program.getTypeChecker();
  const pages = new Map();
  for (const { file, folder, path: name } of examples.filter(({ isNamed }) => isNamed)) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    const names = pages.get(folder) ?? new Map();
    for (const found of module ? checker.getExportsOfModule(module) : []) {
      if (!names.has(found.name)) names.set(found.name, `./${name.replace(/ts$/, 'js')}`);
    }
    pages.set(folder, names);
  }
  return pages;
}

function missingImports(program, { file }, sources) {
  const source = program.getSourceFile(file);
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

function describeDiagnostic(examples, { file, start, code, messageText }, target) {
  const text = `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`;
  const example = file && examples.find((one) => path.resolve(one.file) === path.resolve(file.fileName));
  if (!example) return file ? `${path.relative(target, file.fileName)} ${text}` : text;
  const { line } = ts.getLineAndCharacterOfPosition(file, start);
  return `${example.origins[Math.max(0, Math.min(line, example.origins.length) - 1)]} ${text}`;
}
