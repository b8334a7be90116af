import { createRequire } from 'node:module';
import type { Compiler, CompilerChoice } from './compiler.js';
import { typescriptCompiler, type TypeScript } from './typescript-compiler.js';

/** Loads the chosen compiler. One that is none throws when there is something to compile. */
export function loadCompiler(choice: CompilerChoice): Compiler {
  if (choice.kind === 'none') {
    const { reason } = choice;
    return {
      compile: (file) => {
        throw new Error(`${file} cannot be compiled: ${reason}`);
      },
    };
  }
  const loaded: unknown = createRequire(choice.entry)(choice.entry);
  // Their versions have been checked; of their interfaces we declare only what is called.
  return choice.kind === 'swc' ? swcCompiler(loaded as Swc) : typescriptCompiler(loaded as TypeScript);
}

export interface Swc {
  transformSync(source: string, options: object): { readonly code: string };
}

/** Compiles with `@swc/core`; `.swcrc` files are not read, so that metadata never depends on them. */
function swcCompiler(swc: Swc): Compiler {
  return {
    compile: (file, source, module) => {
      try {
        return swc.transformSync(source, {
          filename: file,
          swcrc: false,
          configFile: false,
          sourceMaps: 'inline',
          module: { type: module === 'esm' ? 'es6' : 'commonjs' },
          jsc: {
            target: 'es2022',
            keepClassNames: true,
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true },
          },
        }).code;
      } catch (error) {
        // swc's message shows the place and its line.
        const why = error instanceof Error ? error.message : 'it did not say why';
        throw new SyntaxError(`${file} does not compile. ${why}`, { cause: error });
      }
    },
  };
}
