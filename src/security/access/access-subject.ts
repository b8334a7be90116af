import type { SecretReader } from '../../core/index.js';

/** Who asks: the code, the one on whose behalf it runs, both, or neither when nothing is known. */
export interface AccessSubject {
  /** The class of the consumer, or its name. */
  readonly reader?: SecretReader | string | undefined;
  /** As given to `runAs`. */
  readonly principal?: string | undefined;
}

/** A class is told from another of the same name, unless one of the two is given by its name only. */
export function isSameReader(one: SecretReader | string, other: SecretReader | string): boolean {
  return typeof one === 'string' || typeof other === 'string' ? readerName(one) === readerName(other) : one === other;
}

/** The name of a reader, for messages. */
export function readerName(reader: SecretReader | string): string {
  return typeof reader === 'string' ? reader : reader.name;
}

/** `PaymentClient, on behalf of "billing"`. */
export function describeSubject({ reader, principal }: AccessSubject): string {
  const who = reader === undefined ? 'code without a handle' : readerName(reader);
  return principal === undefined ? `${who}, on nobody's behalf,` : `${who}, on behalf of "${principal}",`;
}
