/** A client of a server that is not there: it notes what becomes of it, and fails when it is used too late. */
export class PretendClient {
  public isOpen = true;
  public closings = 0;
  public timeout: number;

  public constructor(
    public readonly url: string,
    timeout = 0,
    public readonly below?: PretendClient,
  ) {
    this.timeout = timeout;
  }

  public async query(text: string): Promise<string> {
    await Promise.resolve();
    if (!this.isOpen) throw new Error('used after it was closed');
    return `${text} at ${this.url}`;
  }

  public async close(): Promise<void> {
    await Promise.resolve();
    this.closings++;
    this.isOpen = false;
  }
}
