import type { ConfigError, ConfigLogger, ConfigSource, LogRecord } from '../../src/core/index.js';
import { loadGeneration, type Generation, type LoadOptions, type SectionInput } from '../../src/runtime/index.js';
import type { SectionClass } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';

type Sources = object | readonly ConfigSource[];

/** Loads from values or sources, for the environment `test` and without the machine's variables. */
export async function loaded(
  sections: readonly SectionInput[],
  from: Sources = {},
  options: Partial<LoadOptions> = {},
): Promise<Generation> {
  // Array.isArray cannot narrow a readonly list.
  const sources = Array.isArray(from) ? (from as readonly ConfigSource[]) : [object(from)];
  return loadGeneration({ environment: 'test', env: {}, ...options, sections, sources });
}

/** The one instance of a class loaded from values. */
export async function made<T extends object>(
  target: SectionClass<T>,
  from: Sources = {},
  options: Partial<LoadOptions> = {},
): Promise<T> {
  const generation = await loaded([target], from, options);
  // Made from the one class asked for.
  return generation.instances[0] as T;
}

/** The error of a load that must fail. */
export async function refused(...parameters: Parameters<typeof loaded>): Promise<ConfigError> {
  return caught(async () => loaded(...parameters));
}

/** The issues of a load that must fail, each as `path: message` with code. */
export async function issuesOf(...parameters: Parameters<typeof loaded>): Promise<readonly string[]> {
  const { issues } = await refused(...parameters);
  return issues.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`);
}

/** Keeps what is logged. */
export class RecordingLogger implements ConfigLogger {
  readonly records: LogRecord[] = [];

  log(record: LogRecord): void {
    this.records.push(record);
  }

  of(event: string): readonly LogRecord[] {
    return this.records.filter((record) => record.event === event);
  }
}
