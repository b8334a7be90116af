import { isConfigMap, MODULES } from '../../core/index.js';
import type { JsonSchema } from '../json/index.js';

/** One setting of a schema, as far as a comparison looks at it. */
export interface SchemaField {
  /** Dotted; `[]` for the items of a list, `*` for those of a map. */
  readonly path: string;
  /** The alternatives of its value, references resolved. */
  readonly values: readonly JsonSchema[];
  readonly default: unknown;
  readonly deprecated: boolean;
  /** The words of `$comment`: `required`, `secret sealed`. */
  readonly facts: readonly string[];
}

export interface SchemaFields {
  readonly fields: ReadonlyMap<string, SchemaField>;
  /** The setting that a key which is not listed means in the group at a path, by its other spellings. */
  renamed(group: string, key: string): string | undefined;
  /** True where the group at a path refuses undeclared keys. */
  closed(group: string): boolean;
}

export function schemaFields(schema: JsonSchema): SchemaFields {
  const fields = new Map<string, SchemaField>();
  const groups = new Map<string, JsonSchema>();
  new Walk(schema, fields, groups).group(schema, '', []);
  return {
    fields,
    closed: (group) => groups.get(group)?.['additionalProperties'] === false,
    renamed: (group, key) => {
      const patterns = Object.entries(mapAt(groups.get(group), 'patternProperties'));
      const [, target] = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key)) ?? [];
      const name =
        isConfigMap(target) && typeof target['$ref'] === 'string' ? target['$ref'].split('/').at(-1) : undefined;
      return name === undefined ? undefined : decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    },
  };
}

class Walk {
  readonly #root: JsonSchema;
  readonly #fields: Map<string, SchemaField>;
  readonly #groups: Map<string, JsonSchema>;

  public constructor(root: JsonSchema, fields: Map<string, SchemaField>, groups: Map<string, JsonSchema>) {
    this.#root = root;
    this.#fields = fields;
    this.#groups = groups;
  }

  /** @param above the objects that this one is in: a class may hold itself */
  public group(object: JsonSchema, path: string, above: readonly JsonSchema[]): void {
    this.#groups.set(path, object);
    for (const [key, property] of Object.entries(mapAt(object, 'properties'))) {
      if (key.startsWith('$') || (path === '' && key === MODULES) || !isConfigMap(property)) continue;
      const here = path === '' ? key : `${path}.${key}`;
      this.#property(property, here, [...above, object]);
    }
  }

  #property(property: JsonSchema, path: string, above: readonly JsonSchema[]): void {
    const values = this.#alternatives(property);
    const comment = property['$comment'];
    this.#fields.set(path, {
      path,
      values,
      default: property['default'],
      deprecated: property['deprecated'] === true,
      facts: typeof comment === 'string' ? comment.split('; ') : [],
    });
    for (const value of values) this.#below(value, path, values, above);
  }

  #below(value: JsonSchema, path: string, beside: readonly JsonSchema[], above: readonly JsonSchema[]): void {
    if (above.includes(value)) return;
    const { items, additionalProperties, title } = value;
    if ('patternProperties' in value) {
      // Of several classes each has fields of its own.
      const isOne = beside.filter((one) => 'patternProperties' in one).length === 1;
      this.group(value, isOne ? path : `${path}<${String(title)}>`, above);
    }
    if (isConfigMap(items)) this.#property(items, `${path}[]`, [...above, value]);
    if (isConfigMap(additionalProperties)) this.#property(additionalProperties, `${path}.*`, [...above, value]);
  }

  #alternatives(schema: JsonSchema): readonly JsonSchema[] {
    const { anyOf } = schema;
    if (!Array.isArray(anyOf)) return [this.#resolved(schema)];
    return anyOf.flatMap((one: unknown) => (isConfigMap(one) ? [this.#resolved(one)] : []));
  }

  /** What a reference leads to; the forms of strings stay references, because their names say what they are. */
  #resolved(schema: JsonSchema): JsonSchema {
    const { $ref: reference } = schema;
    if (typeof reference !== 'string' || reference.includes('/text.')) return schema;
    const found = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => Reflect.get(Object(at) as object, key), this.#root);
    return isConfigMap(found) ? found : schema;
  }
}

function mapAt(schema: JsonSchema | undefined, key: string): JsonSchema {
  const value = schema?.[key];
  return isConfigMap(value) ? value : {};
}
