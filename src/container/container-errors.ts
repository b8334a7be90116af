import { ConfigError, type SecretRule } from '../core/index.js';
import type { AccessPolicy } from '../security/index.js';

export interface MissingSection {
  readonly section: string;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  /** The module or component for which it is asked. */
  readonly scope?: string | undefined;
  /** Who needs it; absent when the container itself was asked. */
  readonly consumer?: string | undefined;
}

/** The error of a section that no module binds, with what to list or to load. */
export function sectionNotBound(missing: MissingSection, cause?: Error): ConfigError {
  const { consumer } = missing;
  const needed = consumer === undefined ? '' : ` ${consumer} needs it.`;
  return new ConfigError({
    code: 'section-not-bound',
    message: `${whatIsMissing(missing)}.${needed}`,
    recovery: `${wayOut(missing)} with "await container.loadAsync(…)" before the first get.`,
    ...(cause !== undefined && { cause }),
  });
}

function whatIsMissing({ section, path, name, scope }: MissingSection): string {
  const use = name === undefined ? section : `${section} under the name "${name}"`;
  if (scope !== undefined) return `No module of this container binds ${use} for the scope "${scope}"`;
  const place = name === undefined && path !== undefined ? `, the settings at "${path}"` : '';
  return `No ConfigModule of this container binds ${use}${place}`;
}

function wayOut({ section, name, scope }: MissingSection): string {
  const input = name === undefined ? section : `section(${section}, { path: '…', name: '${name}' })`;
  if (scope !== undefined) return `Load ConfigModule.forScope('${scope}', [${input}])`;
  return `Add ${input} to the sections of the ConfigModule, and load the module`;
}

/** Under which a container keeps what its modules know of secrets, for explanations. */
export const SECRETS = Symbol('uno-config.secrets');

export interface BoundSecret {
  readonly section: string;
  readonly field: string;
  readonly name: string | undefined;
  readonly path: string;
  /** `undefined` when the field is no secret. */
  readonly rule: SecretRule | undefined;
  readonly policy: AccessPolicy;
}

/** The reason why a consumer gets no handle; `consumer` is absent when the container itself was asked. */
export function secretNotGranted(secret: BoundSecret, consumer: string | undefined, cause: Error): ConfigError {
  const { message, recovery } = reason(secret, consumer);
  return new ConfigError({ code: 'secret-not-granted', message, recovery, cause });
}

function reason(
  { section, field, path, rule, policy }: BoundSecret,
  consumer: string | undefined,
): { readonly message: string; readonly recovery: string } {
  const inject = `@InjectSecret(${section}, '${field}')`;
  if (rule === undefined) {
    return {
      message: `"${path}" is not a secret, so there is no handle of it${consumer === undefined ? '' : ` for ${consumer}`}.`,
      recovery: `Declare ${section}.${field} with @Secure, or inject ${section} itself.`,
    };
  }
  const who = whoMay(rule, policy, path);
  if (consumer === undefined) {
    return {
      message: `A container does not give "${path}" to a direct get. ${who}`,
      recovery: `Write ${inject} before a constructor parameter of the class that needs it.`,
    };
  }
  const { decision, why, wayOut } = policy.explain({ reader: consumer }, path, 'use', rule);
  if (decision === 'deny')
    return { message: `${consumer} is given no handle of "${path}". ${who}`, recovery: wayOut || why };
  return {
    message: `${consumer} is given no handle of "${path}". ${who}`,
    recovery: `Another class of that name may have one. Or its file was imported after the module was loaded: import it before.`,
  };
}

function whoMay({ level, readers = [] }: SecretRule, policy: AccessPolicy, path: string): string {
  if (readers === 'injected') return 'Its readers are the classes that inject it.';
  const named = policy.readersNamed(path).map((reader) => (typeof reader === 'string' ? reader : reader.name));
  const names = [...new Set([...readers.map(({ name }) => name), ...named])];
  const kind = level === 'sealed' ? 'It is sealed' : 'It is a secret';
  return names.length === 0 ? `${kind}, and it names no reader.` : `Its readers are ${names.join(', ')}.`;
}
