import type { ResolutionContext } from 'inversify';
import { ModuleDefinition, type ModuleResource, type OpenResource, type ResourceHost } from '../../container/index.js';
import type { HeldClient } from './held-client.js';
import type { ManagedResource } from './managed-resource.js';
import type { ResourceDefinition } from './resource-definition.js';

/** What a {@link ServiceDefinition} is made of: a client and what works with it, whose types go together. */
export interface ServiceParts {
  /** What kind of thing it is, in a word or two, before its name in messages. */
  readonly kind: string;
  /** What it works with, replaced beneath it. */
  readonly client: ResourceDefinition<unknown>;
  /** What else is to be there before it. */
  readonly beside?: readonly ModuleResource[];
  readonly open: (life: ServiceLife<never, never>) => OpenService;
}

/** What a service knows of the module that it is part of, with a client `C` that is made from a section `S`. */
export interface ServiceLife<C, S> {
  readonly host: ResourceHost;
  readonly client: ManagedResource<C>;
  /** The section of the client as it is now; `undefined` where it has none, and before the first commit. */
  readonly settings: () => S | undefined;
}

export interface OpenService {
  readonly handle: unknown;
  seen?(context: ResolutionContext): void;
  committed?(): void;
  /** Called when the module ends, while the client is still there. */
  stop?(): void | Promise<void>;
  stopped?(): void;
}

/**
 * A resource whose users get a service that works with the client in use: a broker, an outbox, sagas. The service begins
 * and ends with its module, and is configured by the section that its client is made from. Subpath: `uno-config/resources`.
 */
export class ServiceDefinition extends ModuleDefinition {
  /** Made by `outbox`, `defineBroker` and their like. */
  public constructor(parts: ServiceParts) {
    const { kind, client, beside = [] } = parts;
    const needs = [...client.needs, ...beside];
    super({ kind, name: client.name, from: client.from, needs, open: (host) => openService(parts, host) });
  }
}

function openService({ client, open }: ServiceParts, host: ResourceHost): OpenResource {
  const inner = client.open(host);
  const service = open({
    host,
    // What its client's definition gives.
    client: inner.handle as ManagedResource<never>,
    // What the client's life prepares is what the host gives; its section is made from that of the definition.
    settings: () => (host.value() as HeldClient | undefined)?.settings as undefined,
  });
  return {
    handle: service.handle,
    ...(service.seen !== undefined && { seen: service.seen.bind(service) }),
    prepare: async (context) => {
      // What the client is made from comes first.
      const prepared = await inner.prepare({ ...context, needs: context.needs.slice(0, client.needs.length) });
      return {
        ...prepared,
        committed: () => {
          prepared.committed?.();
          service.committed?.();
        },
        drain: async (reason) => {
          if (reason === 'closed') await service.stop?.();
          await prepared.drain?.(reason);
          if (reason === 'closed') service.stopped?.();
        },
      };
    },
  };
}

/** Hot fields that are read whenever they are needed, so that nothing is to be set. */
export function readWhenNeeded<F extends string>(...fields: readonly F[]): Readonly<Record<F, () => void>> {
  // One for each of them.
  return Object.fromEntries(fields.map((field) => [field, () => undefined])) as Record<F, () => void>;
}

/** The settings that something is made with: those of a definition without a section are its defaults. */
export function orDefaults<S>(settings: S | undefined, defaults: S): S {
  return settings ?? defaults;
}
