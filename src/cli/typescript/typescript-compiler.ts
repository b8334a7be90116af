import { dirname } from 'node:path';
import type { Compiler } from './compiler.js';

export interface TypeScript {
  readonly ModuleKind: { readonly ESNext: number; readonly CommonJS: number };
  readonly ModuleResolutionKind: { readonly Bundler: number };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly sys: TypeScriptSystem;
  findConfigFile(folder: string, fileExists: (path: string) => boolean): string | undefined;
  readConfigFile(
    file: string,
    readFile: (path: string) => string | undefined,
  ): { readonly config?: unknown; readonly error?: Diagnostic };
  parseJsonConfigFileContent(
    json: unknown,
    host: object,
    folder: string,
    existing: undefined,
    file: string,
  ): { readonly options: CompilerOptions; readonly errors: readonly Diagnostic[] };
  transpileModule(
    source: string,
    options: { compilerOptions: CompilerOptions; fileName: string; reportDiagnostics: boolean },
  ): { readonly outputText: string; readonly diagnostics?: readonly Diagnostic[] };
  resolveModuleName(
    specifier: string,
    importer: string,
    options: CompilerOptions,
    host: TypeScriptSystem,
  ): { readonly resolvedModule?: ResolvedModule };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}

interface TypeScriptSystem {
  fileExists(path: string): boolean;
  readFile(path: string): string | undefined;
}

type CompilerOptions = Readonly<Record<string, unknown>> & { readonly target?: number };

interface Diagnostic {
  readonly code: number;
  readonly messageText: unknown;
  readonly start?: number;
  readonly file?: {
    readonly fileName: string;
    getLineAndCharacterOfPosition(at: number): { readonly line: number; readonly character: number };
  };
}

interface ResolvedModule {
  readonly resolvedFileName: string;
  readonly extension: string;
  readonly isExternalLibraryImport?: boolean;
}

/** "No inputs were found" and "the files list is empty": which files a project has is of no interest here. */
const ABOUT_INPUTS = [18002, 18003];

/** Compiles with TypeScript's own compiler, as the nearest tsconfig.json says, but always with decorator metadata. */
export function typescriptCompiler(ts: TypeScript): Compiler {
  const optionsIn = new Map<string, CompilerOptions>();
  const optionsFor = (file: string): CompilerOptions => {
    const folder = dirname(file);
    let options = optionsIn.get(folder);
    if (options === undefined) optionsIn.set(folder, (options = readOptions(ts, folder)));
    return options;
  };
  return {
    compile: (file, source, module) => {
      const { outputText, diagnostics = [] } = ts.transpileModule(source, {
        fileName: file,
        reportDiagnostics: true,
        compilerOptions: emitOptions(ts, optionsFor(file), module),
      });
      // Those without a file are about options that do not matter for one file.
      const [mistake] = diagnostics.filter((diagnostic) => diagnostic.file !== undefined);
      if (mistake !== undefined) throw new SyntaxError(describe(ts, mistake));
      return outputText;
    },
    resolve: (specifier, importer) => {
      const options = optionsFor(importer);
      // Node knows all names but those of the tsconfig's `paths`, and `#…`, which may lead to a file not compiled yet.
      if (options['paths'] === undefined && !specifier.startsWith('#')) return undefined;
      const { resolvedModule } = ts.resolveModuleName(
        specifier,
        importer,
        { ...options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
        ts.sys,
      );
      if (resolvedModule === undefined || resolvedModule.isExternalLibraryImport === true) return undefined;
      return resolvedModule.extension.startsWith('.d.') ? undefined : resolvedModule.resolvedFileName;
    },
  };
}

function readOptions(ts: TypeScript, folder: string): CompilerOptions {
  const file = ts.findConfigFile(folder, (path) => ts.sys.fileExists(path));
  if (file === undefined) return {};
  const { config, error } = ts.readConfigFile(file, (path) => ts.sys.readFile(path));
  if (error !== undefined) throw new SyntaxError(describe(ts, error));
  // Reads no folder: looking for all files of a project would only cost time.
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options, errors } = ts.parseJsonConfigFileContent(config, host, dirname(file), undefined, file);
  const mistake = errors.find(({ code }) => !ABOUT_INPUTS.includes(code));
  if (mistake !== undefined) throw new SyntaxError(`${file} cannot be used. ${describe(ts, mistake)}`);
  return options;
}

function emitOptions(ts: TypeScript, options: CompilerOptions, module: 'esm' | 'commonjs'): CompilerOptions {
  const { ES2022 } = ts.ScriptTarget;
  const { target } = options;
  return {
    // What an older target says about class fields holds for a newer one, too.
    ...(target !== undefined && target < ES2022 && { useDefineForClassFields: false }),
    ...options,
    target: target === undefined || target < ES2022 ? ES2022 : target,
    module: module === 'esm' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    importHelpers: false,
    sourceMap: false,
    inlineSourceMap: true,
    inlineSources: true,
    mapRoot: undefined,
    sourceRoot: undefined,
    outDir: undefined,
    outFile: undefined,
  };
}

function describe(ts: TypeScript, { file, start, code, messageText }: Diagnostic): string {
  const text = `${ts.flattenDiagnosticMessageText(messageText, ' ')} (TS${String(code)})`;
  if (file === undefined || start === undefined) return text;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName}:${String(line + 1)}:${String(character + 1)}: ${text}`;
}
