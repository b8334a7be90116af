import { createRequire } from 'node:module';
import type { Compiler, CompilerChoice } from './compiler.js';
import { swcCompiler, type Swc } from './swc-compiler.js';
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
