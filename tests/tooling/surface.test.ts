import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');

/** Each subpath of the package with the source file that is its entry. */
function readSubpaths(): ReadonlyMap<string, string> {
  // Safe: our own package.json, of which publint checks the same shape.
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly types: string }>;
  };
  return new Map(
    Object.entries(exports).flatMap(([subpath, target]) =>
      typeof target === 'string'
        ? []
        : [
            [
              subpath.replace(/^[.]/, 'uno-config'),
              join(root, target.types.replace('dist', 'src').replace('.d.ts', '.ts')),
            ],
          ],
    ),
  );
}

interface Member {
  readonly symbol: ts.Symbol;
  readonly subpaths: readonly string[];
  readonly isValue: boolean;
}

const subpaths = readSubpaths();
let checker: ts.TypeChecker;
let members: readonly Member[] = [];
const valuesOfRoot: string[] = [];

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([...subpaths.values()], { ...options, noLib: true, types: [] }, ours(options));
  checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, { readonly at: string[]; isValue: boolean }>();
  for (const [subpath, file] of subpaths) {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${subpath}: ${file} exports nothing`);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = declared(exported);
      const member = found.get(symbol) ?? { at: [], isValue: false };
      member.at.push(subpath);
      member.isValue ||= isValue(exported);
      found.set(symbol, member);
      if (subpath === 'uno-config' && isValue(exported)) valuesOfRoot.push(exported.name);
    }
  }
  members = [...found].map(([symbol, { at, isValue }]) => ({ symbol, subpaths: at, isValue }));
});

/** Reads our own files alone: to read the types of Node and of all packages would take most of the time. */
function ours(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    resolveModuleNameLiterals: (names, from) =>
      names.map(({ text }) =>
        text.startsWith('.') ? ts.resolveModuleName(text, from, options, host) : { resolvedModule: undefined },
      ),
  };
}

/** What an export stands for, behind `export { … } from`. */
function declared(symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

function isValue(symbol: ts.Symbol): boolean {
  const isTypeOnly = symbol.declarations?.some(
    (node) => ts.isExportSpecifier(node) && ts.isTypeOnlyExportDeclaration(node),
  );
  return isTypeOnly !== true && (declared(symbol).flags & ts.SymbolFlags.Value) !== 0;
}

/** The types of ours that a declaration lets its users see; those of a file of its own alone are looked through. */
function namedTypes(node: ts.Node, seen = new Set<ts.Symbol>()): ReadonlySet<ts.Symbol> {
  const visit = (part: ts.Node): void => {
    if (isHidden(part)) return;
    if (ts.isTypeReferenceNode(part) || ts.isExpressionWithTypeArguments(part)) {
      const found = checker.getSymbolAtLocation(ts.isTypeReferenceNode(part) ? part.typeName : part.expression);
      const symbol = found && declared(found);
      const [at] = symbol?.declarations ?? [];
      if (symbol !== undefined && at !== undefined && isOurs(at) && !seen.has(symbol)) {
        if (isExported(at)) seen.add(symbol);
        else visit(at);
      }
    }
    part.forEachChild(visit);
  };
  visit(node);
  return seen;
}

function isOurs(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(join(root, 'src')) && !ts.isTypeParameterDeclaration(node);
}

function modifiersOf(node: ts.Node): readonly ts.SyntaxKind[] {
  return ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []).map(({ kind }) => kind) : [];
}

function isExported(node: ts.Node): boolean {
  return modifiersOf(node).includes(ts.SyntaxKind.ExportKeyword);
}

/** What is private or internal, what functions do, and how a class is made: programs call makers. */
function isHidden(node: ts.Node): boolean {
  if (ts.isBlock(node) || ts.isConstructorDeclaration(node)) return true;
  if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  if (modifiersOf(node).includes(ts.SyntaxKind.PrivateKeyword)) return true;
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
}

function placeOf(symbol: ts.Symbol): string {
  const [node] = symbol.declarations ?? [];
  return node === undefined ? symbol.name : `${symbol.name} (${relative(root, node.getSourceFile().fileName)})`;
}

function documentationOf(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker));
}

describe('the surface of the package', () => {
  it('is about fifty values at the root, so that they can be read in one sitting', () => {
    expect(valuesOfRoot.length).toBeLessThanOrEqual(55);
    expect(valuesOfRoot).toEqual(
      expect.arrayContaining(['ConfigModule', 'ConfigSection', 'loadSettings', 'processEnv']),
    );
  });

  it('says of every export what it is', () => {
    expect(members.filter(({ symbol }) => documentationOf(symbol) === '').map(({ symbol }) => placeOf(symbol))).toEqual(
      [],
    );
  });

  it('says of every value from where it is imported', () => {
    const wrong = members.filter(({ symbol, subpaths: [at = ''], isValue }) => {
      if (!isValue) return false;
      const [, named = ''] = /Subpaths?:([^.]*)[.]/.exec(documentationOf(symbol).replaceAll('.\n', '. ')) ?? [];
      return !named.includes(`\`${at}\``);
    });
    expect(wrong.map(({ symbol, subpaths: at }) => `${placeOf(symbol)}: ${at.join(', ')}`)).toEqual([]);
  });

  it('has all types that its declarations name', () => {
    const exported = new Set(members.map(({ symbol }) => symbol));
    const missing = new Set<string>();
    for (const { symbol } of members) {
      for (const node of symbol.declarations ?? []) {
        for (const type of namedTypes(node)) {
          if (!exported.has(type)) missing.add(`${placeOf(type)}, named by ${symbol.name}`);
        }
      }
    }
    expect([...missing]).toEqual([]);
  });
});
