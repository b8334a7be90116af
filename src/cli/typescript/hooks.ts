import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Compiler, CompilerChoice } from './compiler.js';
import { loadCompiler } from './load-compiler.js';
import { isTypeScript, sourceFile } from './source-file.js';

export interface ResolveContext {
  readonly parentURL?: string | undefined;
}

export interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}

export interface Loaded {
  readonly format: string;
  readonly source?: unknown;
  readonly shortCircuit?: boolean;
}

type Next<C, R> = (subject: string, context: C) => R;

/** Hooks for one choice of compiler, which is loaded when the first file needs it. */
export class TypeScriptHooks {
  readonly #choice: CompilerChoice;
  #loaded: Compiler | undefined;

  public constructor(choice: CompilerChoice) {
    this.#choice = choice;
  }

  /** Where an import leads; a TypeScript importer means TypeScript files first, any other Node's own answer. */
  public resolve<C extends ResolveContext>(specifier: string, context: C, next: Next<C, Resolved>): Resolved {
    const early = this.#early(specifier, context);
    if (early !== undefined) return early;
    try {
      return next(specifier, context);
    } catch (error) {
      return this.#late(specifier, context, error);
    }
  }

  /** {@link resolve} for hooks in another thread. */
  public async resolveAsync<C extends ResolveContext>(
    specifier: string,
    context: C,
    next: Next<C, Promise<Resolved>>,
  ): Promise<Resolved> {
    const early = this.#early(specifier, context);
    if (early !== undefined) return early;
    try {
      return await next(specifier, context);
    } catch (error) {
      return this.#late(specifier, context, error);
    }
  }

  /** The JavaScript of a TypeScript file; anything else is left to Node. */
  public load<C, R>(url: string, context: C, next: Next<C, R>): Loaded | R {
    if (!isTypeScript(url)) return next(url, context);
    const file = fileURLToPath(url);
    const module = file.endsWith('.cts') ? 'commonjs' : 'esm';
    const source = this.#compiler.compile(file, readFileSync(file, 'utf8'), module);
    return { format: module === 'esm' ? 'module' : 'commonjs', source, shortCircuit: true };
  }

  get #compiler(): Compiler {
    return (this.#loaded ??= loadCompiler(this.#choice));
  }

  #early(specifier: string, { parentURL }: ResolveContext): Resolved | undefined {
    return isTypeScript(parentURL) ? this.#source(specifier, parentURL) : undefined;
  }

  #late(specifier: string, { parentURL }: ResolveContext, error: unknown): Resolved {
    const found = parentURL?.includes('/node_modules/') === true ? undefined : this.#source(specifier, parentURL);
    if (found === undefined) throw error;
    return found;
  }

  #source(specifier: string, parentURL: string | undefined): Resolved | undefined {
    const url = sourceFile(specifier, parentURL, this.#compiler);
    return url === undefined ? undefined : { url, shortCircuit: true };
  }
}
