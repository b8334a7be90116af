// For compilers that write constructor types down (emitDecoratorMetadata).
import { injectable } from 'inversify';
import { DatabaseSettings } from './settings.js';

@injectable()
export class Service {
  public constructor(public readonly database: DatabaseSettings) {}
}
