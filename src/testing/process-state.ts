/** Environment variables by name; `undefined` for one that is not to be there. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a test may change in its process: environment variables and the working directory. */
export class ProcessState {
  readonly #env: Variables;
  readonly #workingDirectory: string;

  private constructor(env: Variables, workingDirectory: string) {
    this.#env = env;
    this.#workingDirectory = workingDirectory;
  }

  /** The state of this moment. */
  public static now(): ProcessState {
    return new ProcessState({ ...process.env }, process.cwd());
  }

  /** Puts everything back. The object `process.env` stays the same one: others hold on to it. */
  public restore(): void {
    process.chdir(this.#workingDirectory);
    for (const name of Object.keys(process.env)) {
      if (!Object.hasOwn(this.#env, name)) Reflect.deleteProperty(process.env, name);
    }
    for (const [name, text] of Object.entries(this.#env)) {
      if (process.env[name] !== text) process.env[name] = text;
    }
  }
}
