// What Node runs in its own thread for module hooks, where it cannot run them beside the program.
import type { CompilerChoice } from './compiler.js';
import { type Loaded, type ResolveContext, type Resolved, TypeScriptHooks } from './hooks.js';

let hooks: TypeScriptHooks;

/** Called once by Node, with the data of the registration. @public */
export function initialize(choice: CompilerChoice): void {
  hooks = new TypeScriptHooks(choice);
}

/** Called by Node. @public */
export function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  return hooks.resolveAsync(specifier, context, next);
}

/** Called by Node. @public */
export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  return hooks.load(url, context, next);
}
