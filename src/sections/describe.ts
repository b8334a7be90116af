import type { OptionKinds } from '../core/index.js';
import { option, readOptions } from '../core/index.js';
import { declareField } from './section-metadata.js';

/** What `@Describe` takes besides the text. */
export interface DescribeOptions {
  /** A legal value, shown in documentation and starter files. */
  readonly example?: unknown;
  /** Several legal values. */
  readonly examples?: readonly unknown[];
}

/**
 * A field's description and examples for documentation, starter files and error hints. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @throws TypeError naming the option.
 *
 * @example
 * ```ts
 * class DatabaseSettings {
 *   @Describe('Host name of the primary.', { example: 'db.internal' })
 *   @IsString()
 *   host: string = 'localhost';
 * }
 * ```
 */
export function Describe(description: string, options: DescribeOptions = {}): PropertyDecorator {
  option.text.read(description, '@Describe: description');
  readOptions('@Describe', options, OPTIONS);
  const examples = [...('example' in options ? [options.example] : []), ...(options.examples ?? [])];
  return (prototype, property) => {
    declareField(prototype, property, { description, ...(examples.length > 0 && { examples }) });
  };
}

const OPTIONS = { example: option.anything, examples: option.list } satisfies OptionKinds<DescribeOptions>;
