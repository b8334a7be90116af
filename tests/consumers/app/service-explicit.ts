// For compilers without decorator metadata (esbuild): what is injected is said by @inject.
import { inject, injectable } from 'inversify';
import { DatabaseSettings } from './settings.js';

@injectable()
export class Service {
  public constructor(@inject(DatabaseSettings) public readonly database: DatabaseSettings) {}
}
