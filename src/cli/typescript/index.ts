// typescript: how the user's TypeScript files are imported without a build, decorator metadata included.
//
//   file -> choice of compiler (theirs) -> module hooks: resolve .js to .ts, load .ts as JavaScript with source map
export { chooseCompiler } from './choose-compiler.js';
export { compileTypeScript } from './compile-typescript.js';
