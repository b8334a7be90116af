import { getOrInsert } from '../core/index.js';
import type { SectionClass } from '../sections/index.js';

export type ConsumerClass = abstract new (...parameters: never[]) => unknown;

export interface SecretRequest {
  readonly identifier: symbol;
  readonly section: SectionClass;
  /** As it was written: dotted names. */
  readonly field: string;
  /** The module, or component of one, whose secret is meant. */
  readonly scope: string | undefined;
  readonly consumers: Set<ConsumerClass>;
}

/** By settings class and field. Decorator metadata is stored with its class, like all metadata. */
const requests = new WeakMap<SectionClass, Map<string, SecretRequest>>();
/** Of classes that were not there yet. */
const later = new Set<() => SecretRequest>();

/** The one request for a field, which a consumer joins. */
export function requestSecret(
  section: SectionClass,
  field: string,
  consumer?: ConsumerClass,
  scope?: string,
): SecretRequest {
  const fields = getOrInsert(requests, section, () => new Map());
  const within = scope === undefined ? '' : ` in ${scope}`;
  const request = getOrInsert(fields, `${field}${within}`, () => {
    const identifier = Symbol(`SecretHandle<${section.name}.${field}>${within}`);
    return { identifier, section, field, scope, consumers: new Set<ConsumerClass>() };
  });
  if (consumer !== undefined) request.consumers.add(consumer);
  return request;
}

/** The same for a class that is not there yet. */
export function requestSecretLater(
  section: () => SectionClass,
  field: string,
  consumer: ConsumerClass,
  scope?: string,
): () => SecretRequest {
  const find = (): SecretRequest => {
    const target: unknown = section();
    if (typeof target !== 'function')
      throw new ReferenceError(`InjectSecret(…, '${field}'): its function gives no class.`);
    // Its type ensures it, and it is a function.
    return requestSecret(target as SectionClass, field, consumer, scope);
  };
  later.add(find);
  return find;
}

export function requestsOf(section: SectionClass): readonly SecretRequest[] {
  for (const find of later) {
    try {
      find();
      later.delete(find);
    } catch (error) {
      // Still not there: its own file has not run to its end. It is asked for again.
      if (!(error instanceof ReferenceError)) throw error;
    }
  }
  return [...(requests.get(section)?.values() ?? [])];
}

/** The settings class and the field that an identifier names. */
export function parseSecretIdentifier(text: string): { readonly section: string; readonly field: string } | undefined {
  const [, section, field] = /^Symbol\(SecretHandle<([^.]+)\.(.+)>(?: in .+)?\)$/.exec(text) ?? [];
  return section === undefined || field === undefined ? undefined : { section, field };
}
