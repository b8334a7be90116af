/** Makes JavaScript of one TypeScript file, decorator metadata and an inline source map included. */
export interface Compiler {
  /** @throws SyntaxError naming the file and the line. */
  compile(file: string, source: string, module: 'esm' | 'commonjs'): string;
  /** The file that a name without a dot in front means to the user's compiler; `undefined` leaves it to Node. */
  resolve?(specifier: string, importer: string): string | undefined;
}

/** Which compiler is used. Plain data, because module hooks may live in another thread. */
export type CompilerChoice =
  | { readonly kind: 'typescript' | 'swc'; /** Absolute path of the package's entry. */ readonly entry: string }
  | { readonly kind: 'none'; /** What to tell who needs one. */ readonly reason: string };
