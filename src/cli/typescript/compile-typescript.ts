import nodeModule, { register } from 'node:module';
import { chooseCompiler } from './choose-compiler.js';
import type { CompilerChoice } from './compiler.js';
import { type Loaded, type ResolveContext, type Resolved, TypeScriptHooks } from './hooks.js';

/** Node's hooks that run beside the program; our types are those of a Node that lacks them. */
interface HooksRegistry {
  readonly registerHooks: (hooks: {
    resolve(
      specifier: string,
      context: ResolveContext,
      next: (specifier: string, context: ResolveContext) => Resolved,
    ): Resolved;
    load(url: string, context: object, next: (url: string, context: object) => Loaded): Loaded;
  }) => void;
}

/**
 * From here on, TypeScript files may be imported: they are compiled by the compiler that is installed where the given file
 * is. A file that needs one where there is none fails with an error that says what to install.
 */
export function compileTypeScript(file: string): void {
  const choice = chooseCompiler(file);
  if (hasHooks(nodeModule)) registerBeside(nodeModule, choice);
  else registerThread(choice);
}

function hasHooks(registry: object): registry is HooksRegistry {
  return 'registerHooks' in registry;
}

function registerThread(data: CompilerChoice): void {
  register(new URL('./hooks-thread.js', import.meta.url), { data });
}

function registerBeside({ registerHooks }: HooksRegistry, choice: CompilerChoice): void {
  const hooks = new TypeScriptHooks(choice);
  registerHooks({
    resolve: (specifier, context, next) => hooks.resolve(specifier, context, next),
    load: (url, context, next) => hooks.load(url, context, next),
  });
}
