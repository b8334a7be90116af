import type { SectionPlan } from '../../binding/index.js';
import type { JsonSchema } from './schema-data.js';
import type { VersionNotes } from '../fields/index.js';
import { keyPattern } from './key-pattern.js';

/** One key of an object, with the other keys that mean the same. */
export interface ObjectKey {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly schema: JsonSchema;
  /** The class that is nested there, where it is one. */
  readonly plan?: SectionPlan | undefined;
}

export interface ObjectKeys {
  readonly keys: readonly ObjectKey[];
  readonly required: readonly string[];
  /** Regular expressions of keys that belong to other programs. */
  readonly others: readonly string[];
  /** The version that its documents are of today, with what the versions changed; absent where they have none. */
  readonly version?: { readonly newest: number; readonly notes: readonly VersionNotes[] };
}

export interface ObjectForm {
  /** Its own place, as a reference. */
  readonly at: string;
  /** True where undeclared keys are refused. */
  readonly closed: boolean;
  /** What `$extends` may be; absent at the root, which has nobody to inherit from. */
  readonly inherits?: JsonSchema;
}

/** The schema of an object: each key by its declared name, and all other spellings by a reference to that. */
export function objectSchema(
  { keys, required, others, version }: ObjectKeys,
  { at, closed, inherits }: ObjectForm,
): JsonSchema {
  const properties = keys.map(({ key, schema }): [string, JsonSchema] => [key, schema]);
  const spellings = keys.flatMap(({ key, aliases }) => {
    const property = { $ref: `${at}/properties/${pointer(key)}` };
    return [keyPattern(key, key), ...aliases.map((alias) => keyPattern(alias))].map((pattern): [string, JsonSchema] => [
      pattern,
      property,
    ]);
  });
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...properties,
      ...(inherits === undefined ? [] : [['$extends', inherits] as const]),
      ...(version === undefined ? [] : [['$version', versionSchema(version)] as const]),
    ]),
    patternProperties: Object.fromEntries([...spellings, ...others.map((pattern) => [pattern, {}] as const)]),
    ...(closed && { additionalProperties: false }),
    ...(required.length > 0 && {
      allOf: required.map((key) =>
        present(
          keys.find((one) => one.key === key),
          key,
        ),
      ),
    }),
  };
}

function versionSchema({ newest, notes }: NonNullable<ObjectKeys['version']>): JsonSchema {
  const changed = notes.map(({ version, changes }) => `${String(version)}: ${changes.join('; ')}.`);
  return {
    type: 'integer',
    minimum: 1,
    maximum: newest,
    ...(changed.length > 0 && { description: `What versions changed. ${changed.join(' ')}` }),
  };
}

/** The keys with one more, which takes the place of one of the same name. */
export function withKey(object: ObjectKeys, added: ObjectKey, required = false): ObjectKeys {
  const others = object.keys.filter(({ key }) => key !== added.key);
  return {
    ...object,
    keys: [...others, added],
    required: [...object.required.filter((key) => key !== added.key), ...(required ? [added.key] : [])],
  };
}

/** A key is there in one spelling or the other, or the map it inherits from may have it. */
function present(key: ObjectKey | undefined, name: string): JsonSchema {
  const has = (property: string): JsonSchema => ({
    type: 'object',
    properties: { [property]: {} },
    required: [property],
  });
  const spelled = [name, ...(key?.aliases ?? [])].map((spelling) => ({
    not: { type: 'object', propertyNames: { not: { type: 'string', pattern: keyPattern(spelling) } } },
  }));
  return { anyOf: [has(name), ...spelled, has('$extends')] };
}

/** A key as a part of a reference. */
export function pointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
