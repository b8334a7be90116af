import { option, type OptionKinds, readOptions } from '../../core/index.js';
import { type ConfigDefinition, type LoadPlan, planLoad } from '../../runtime/index.js';
import { settingsTree } from '../fields/index.js';
import type { JsonSchema } from './schema-data.js';
import { SchemaWriter } from './schema-writer.js';

/** What {@link jsonSchema} takes besides the definition. */
export interface JsonSchemaOptions {
  /**
   * True for the schema of all settings in one document, which asks for the required ones; default false: for one file among
   * several sources, which may hold any part of them.
   */
  readonly complete?: boolean;
  /** The schema's own address, its `$id`; none when absent. */
  readonly id?: string;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The JSON Schema (2020-12) of the files of an application, from its settings classes: for editors, and for whatever checks a
 * file without running the application. Reads no source. What the loader takes, it takes; what it cannot express is listed
 * in the guide, page "Editor completion". Subpath: `uno-config/schema`.
 *
 * @throws TypeError naming the option that cannot be used.
 * @throws ConfigError as a load of the definition, when a settings class cannot be used as written.
 *
 * @example
 * ```ts
 * const schema = jsonSchema({ sections: [HttpSettings, DatabaseSettings], sources: [] });
 * console.log(JSON.stringify(schema, null, 2));
 * ```
 */
export function jsonSchema(definition: ConfigDefinition, options: JsonSchemaOptions = {}): JsonSchema {
  readOptions('jsonSchema', options, OPTIONS);
  return schemaOf(definition, planLoad(definition, false), options);
}

const OPTIONS = { complete: option.or(option.flag, false), id: option.text } satisfies OptionKinds<JsonSchemaOptions>;

/** The same for a definition that is planned already. */
export function schemaOf(
  { unknownKeys = 'error', partial = false, foreignKeys = [] }: ConfigDefinition,
  plan: LoadPlan,
  { complete = false, id }: JsonSchemaOptions = {},
): JsonSchema {
  const tree = settingsTree(plan);
  const writer = new SchemaWriter(tree, { complete, closed: unknownKeys === 'error', foreign: foreignKeys });
  const root = writer.root(partial);
  return { $schema: DIALECT, ...(id !== undefined && { $id: id }), ...root, $defs: writer.definitions() };
}
