import type { JsonSchema } from '../json/index.js';
import { type Narrowing, narrowings } from './narrowings.js';
import { type SchemaField, type SchemaFields, schemaFields } from './schema-fields.js';

/** What has become of a setting from one version of an application to the next. */
export interface SchemaChange {
  readonly kind:
    | 'added'
    | 'removed'
    | 'renamed'
    | 'narrowed'
    | 'widened'
    | 'newly-required'
    | 'no-longer-required'
    | 'default-changed'
    | 'deprecated'
    | 'secret-changed';
  /** The dotted path, of the older version where there is one. */
  readonly path: string;
  /** True when settings that the older version took may be refused by the newer one. */
  readonly breaking: boolean;
  /** What has changed, in words. */
  readonly message: string;
}

/**
 * Compares two schemas that `jsonSchema` or `uno-config schema` made: what a newer version of an application takes that an older
 * one did not, and the other way round. Subpath: `uno-config/schema`.
 *
 * @example
 * ```ts
 * import { compareSchemas, jsonSchema } from 'uno-config/schema';
 *
 * const before = jsonSchema({ sections: [HttpSettings], sources: [] });
 * const changes = compareSchemas(before, jsonSchema({ sections: [HttpSettings, DatabaseSettings], sources: [] }));
 * const isBreaking = changes.some(({ breaking }) => breaking);
 * ```
 */
export function compareSchemas(before: JsonSchema, after: JsonSchema): readonly SchemaChange[] {
  const [older, newer] = [schemaFields(before), schemaFields(after)];
  const renamed = new Set<string>();
  const changes: SchemaChange[] = [];
  for (const [path, field] of older.fields) {
    const now = newer.fields.get(path);
    if (now !== undefined) changes.push(...changesOf(field, now));
    else if (!isBelowGone(path, older, newer)) changes.push(gone(path, newer, renamed));
  }
  for (const [path, field] of newer.fields) {
    if (older.fields.has(path) || renamed.has(path) || isBelowGone(path, newer, older)) continue;
    const required = field.facts.includes('required');
    const message = required ? 'was added, and has to be set' : 'was added';
    changes.push({ kind: 'added', path, breaking: required, message });
  }
  return changes;
}

/** A group that came or went is one change, not one for each setting in it. */
function isBelowGone(path: string, here: SchemaFields, other: SchemaFields): boolean {
  const group = groupOf(path);
  return group !== '' && here.fields.has(group) && !other.fields.has(group);
}

function groupOf(path: string): string {
  return path.endsWith('[]') ? path.slice(0, -2) : path.replace(/(?:^|\.)[^.]*$/, '');
}

function gone(path: string, newer: SchemaFields, renamed: Set<string>): SchemaChange {
  const group = groupOf(path);
  const key = path.slice(group === '' ? 0 : group.length + 1);
  const name = newer.renamed(group, key);
  if (name !== undefined) {
    const now = group === '' ? name : `${group}.${name}`;
    renamed.add(now);
    return { kind: 'renamed', path, breaking: false, message: `is called ${now} now; the old name still works` };
  }
  const breaking = newer.closed(group);
  return { kind: 'removed', path, breaking, message: breaking ? 'was removed, and is refused now' : 'was removed' };
}

function changesOf(before: SchemaField, after: SchemaField): readonly SchemaChange[] {
  const { path } = before;
  const change = (kind: SchemaChange['kind'], breaking: boolean, message: string): SchemaChange => ({
    kind,
    path,
    breaking,
    message,
  });
  const ranges = narrowings(before, after).map(({ narrower, message }: Narrowing) =>
    change(narrower ? 'narrowed' : 'widened', narrower, message),
  );
  const [was, is] = [written(before.default), written(after.default)];
  const [secretWas, secretIs] = [secretOf(before), secretOf(after)];
  return [
    ...requirement(before, after, change),
    ...ranges,
    ...(was === is ? [] : [change('default-changed', false, `its default was ${was} and is ${is}`)]),
    ...(secretWas === secretIs ? [] : [change('secret-changed', false, `was ${secretWas} and is ${secretIs}`)]),
    ...(after.deprecated && !before.deprecated ? [change('deprecated', false, 'is deprecated')] : []),
  ];
}

function requirement(
  before: SchemaField,
  after: SchemaField,
  change: (kind: SchemaChange['kind'], breaking: boolean, message: string) => SchemaChange,
): readonly SchemaChange[] {
  const [was, is] = [requiredIn(before), requiredIn(after)];
  const more = is.filter((name) => !was.includes(name) && !was.includes(EVERYWHERE));
  const less = was.filter((name) => !is.includes(name) && !is.includes(EVERYWHERE));
  const places = (names: readonly string[]): string => (names.includes(EVERYWHERE) ? '' : ` in ${names.join(', ')}`);
  return [
    ...(more.length === 0 ? [] : [change('newly-required', true, `has to be set${places(more)} now`)]),
    ...(less.length === 0 ? [] : [change('no-longer-required', false, `need not be set${places(less)} any more`)]),
  ];
}

const EVERYWHERE = '*';

function requiredIn({ facts }: SchemaField): readonly string[] {
  if (facts.includes('required')) return [EVERYWHERE];
  const some = facts.find((fact) => fact.startsWith('required in '));
  return some === undefined ? [] : some.slice('required in '.length).split(', ');
}

function secretOf({ facts }: SchemaField): string {
  return facts.find((fact) => fact.startsWith('secret '))?.replace('secret ', 'a secret of level ') ?? 'no secret';
}

function written(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
