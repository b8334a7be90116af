import { ConfigError } from '../core/index.js';

/** A section that is asked for and not bound. */
export interface MissingSection {
  /** The name of its class. */
  readonly section: string;
  /** Where it would sit. */
  readonly path?: string | undefined;
  /** The name of the use that is asked for. */
  readonly name?: string | undefined;
  /** The module or component for which it is asked. */
  readonly scope?: string | undefined;
  /** Who needs it; absent when the container itself was asked. */
  readonly consumer?: string | undefined;
}

/** Says what to list, or to load, for a section that nothing binds. */
export function sectionNotBound(missing: MissingSection, cause?: Error): ConfigError {
  const { consumer } = missing;
  const needed = consumer === undefined ? '' : ` ${consumer} needs it.`;
  return new ConfigError({
    code: 'section-not-bound',
    category: 'lifecycle',
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
