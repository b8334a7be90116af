import type { OptionKinds } from '../core/index.js';
import { option, parsePath, readOptions } from '../core/index.js';
import { checkMigrations, type SectionMigrations } from './section-migrations.js';
import { declareSection } from './section-metadata.js';

/** What `@ConfigSection` takes besides the path. */
export interface SectionOptions {
  /** The schema version of the section, a whole number from 1 on; default 1. Documents say theirs as `$version`. */
  readonly version?: number;
  /**
   * How a document of an earlier version is read: for each version from 2 on the steps that lead to it. A document without
   * `$version` in the section is taken for the oldest from which steps lead on.
   */
  readonly migrations?: SectionMigrations;
  /** One or two sentences for the generated documentation. */
  readonly description?: string;
  /** The part of the business it belongs to, such as `sales`: its sections are listed together, and so are their changes. */
  readonly domain?: string;
}

/**
 * Declares a class as the section of the configuration at `path` (dotted text such as `database` or `http.server`; `''` for
 * settings without a section, at the root).
 * Property initialisers are the defaults; class-validator's decorators say what is allowed. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @throws TypeError when the path or an option cannot be used.
 *
 * @example
 * ```ts
 * @ConfigSection('database', { description: 'The orders database.' })
 * class DatabaseSettings {
 *   @IsString() host: string = 'localhost';
 *   @IsInt() @Min(1) @Max(65535) port: number = 5432;
 * }
 * ```
 */
export function ConfigSection(path: string, options: SectionOptions = {}): ClassDecorator {
  try {
    if (path !== '') parsePath(path);
  } catch (cause) {
    throw new TypeError(`@ConfigSection(path): ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  readOptions(`@ConfigSection('${path}')`, options, OPTIONS);
  const { version = 1, migrations, description, domain } = options;
  if (migrations !== undefined) checkMigrations(`@ConfigSection('${path}')`, migrations, version);
  return (target) => {
    declareSection(target, {
      path,
      version,
      ...(migrations !== undefined && { migrations }),
      ...(description !== undefined && { description }),
      ...(domain !== undefined && { domain }),
    });
  };
}

const OPTIONS = {
  version: option.count(),
  migrations: option.map,
  description: option.text,
  domain: option.name,
} satisfies OptionKinds<SectionOptions>;
