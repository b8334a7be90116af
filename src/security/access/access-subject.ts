import type { SecretReader } from '../../core/index.js';

/** Who asks: the code, the one on whose behalf it runs, and the tenant; what is not known is absent. */
export interface AccessSubject {
  /** The class of the consumer, or its name. */
  readonly reader?: SecretReader | string | undefined;
  /** As given to `runAs`. */
  readonly principal?: string | undefined;
  /** The id of the tenant whose secret it is, or for whom the code runs. */
  readonly tenant?: string | undefined;
}

/** A class is told from another of the same name, unless one of the two is given by its name only. */
export function isSameReader(one: SecretReader | string, other: SecretReader | string): boolean {
  return typeof one === 'string' || typeof other === 'string' ? readerName(one) === readerName(other) : one === other;
}

export function readerName(reader: SecretReader | string): string {
  return typeof reader === 'string' ? reader : reader.name;
}

/** `PaymentClient, on behalf of "billing", for the tenant "acme",`. */
export function describeSubject({ reader, principal, tenant }: AccessSubject): string {
  const who = reader === undefined ? 'code without a handle' : readerName(reader);
  const behalf = principal === undefined ? 'without a principal' : `on behalf of "${principal}"`;
  return `${who}, ${behalf},${tenant === undefined ? '' : ` for the tenant "${tenant}",`}`;
}
