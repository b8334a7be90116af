/** A mistake in the words of the command line or in the configuration file: told without a stack, exit code 2. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
  /** What to write instead; may be empty. */
  public readonly hint: string;

  public constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}
