import type { KeyProvider } from '../../../src/security/index.js';
import type { HttpService, ServiceAnswer } from './http-service.js';

/** A service on this machine, its real client, and the providers that use both. */
export interface ProviderWorld {
  readonly service: HttpService;
  readonly provider: KeyProvider;
  /** The same service, another key. */
  readonly stranger: KeyProvider;
  /** Makes a new version of the key. */
  rotate(): void;
  /** As the service says them, with the given secret in every text. */
  readonly throttled: (secret: string) => ServiceAnswer;
  readonly broken: (secret: string) => ServiceAnswer;
  readonly denied: (secret: string) => ServiceAnswer;
  /** What the client authenticates with. */
  readonly credential: string;
}
