import { formatOrigin, formatPath, isConfigMap, type ConfigError } from '../../core/index.js';
import type { ConfigEvent, LeafChange, SectionChange } from './config-event.js';

/** Plain JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The fields of an event besides its type, as plain JSON: paths and origins as strings, errors with code and issues. */
export function eventData(event: ConfigEvent): JsonValue {
  const { generation, sequence } = event;
  const numbers = { generation, sequence };
  switch (event.type) {
    case 'ConfigChanged': {
      const { previous, reason, sections, tenant } = event;
      const whose = tenant === undefined ? {} : { tenant };
      return { ...numbers, ...whose, previous, reason, sections: sections.map(sectionData) };
    }
    case 'ConfigReloadRejected': {
      const { reason, attempt, error, tenant } = event;
      const whose = tenant === undefined ? {} : { tenant };
      return { ...numbers, ...whose, reason, attempt, error: errorData(error) };
    }
    case 'ConfigUnchanged':
      return { ...numbers, reason: event.reason };
    case 'RestartRequired':
      return { ...numbers, paths: event.paths };
    case 'SourceStale':
      return { ...numbers, source: event.source, since: timeText(event.since), error: errorData(event.error) };
    case 'SourceRecovered':
      return { ...numbers, source: event.source, after: event.after };
  }
}

/** A time in milliseconds as RFC 3339 writes it. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}

function sectionData({ section, target, name, domain, changes }: SectionChange): JsonValue {
  return {
    section,
    class: target.name,
    ...(name !== undefined && { name }),
    ...(domain !== undefined && { domain }),
    changes: changes.map(changeData),
  };
}

function changeData({ path, kind, before, after, origin }: LeafChange): JsonValue {
  return {
    path,
    kind,
    ...(before !== undefined && { before: shownData(before) }),
    ...(after !== undefined && { after: shownData(after) }),
    ...(origin !== undefined && { origin: formatOrigin(origin) }),
  };
}

function errorData({ code, category, message, issues, recovery }: ConfigError): JsonValue {
  return {
    code,
    category,
    // Only the first line: the others repeat the issues.
    message: (message.split('\n', 1)[0] ?? '').replace(/:$/, '.'),
    issues: issues.map((issue) => ({
      code: issue.code,
      path: formatPath(issue.path),
      message: issue.message,
      ...(issue.hint !== undefined && { hint: issue.hint }),
      ...(issue.origin !== undefined && { origin: formatOrigin(issue.origin) }),
    })),
    ...(recovery !== '' && { recovery }),
  };
}

/** A shown value has no secrets left, but it may hold what JSON does not know. */
function shownData(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(shownData);
  if (isConfigMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shownData(child)] as const));
  }
  // Any other value, such as a bigint, was converted to a string already or has a string form.
  return typeof value === 'bigint' ? String(value) : `(${typeof value})`;
}

/** Freezes an event and its data; what it only points to, such as a section's class or an error, stays as it is. */
export function freezeEvent<E extends ConfigEvent>(event: E): E {
  if (event.type === 'ConfigChanged') {
    for (const section of event.sections) {
      section.changes.forEach(freezeChange);
      Object.freeze(section.changes);
      Object.freeze(section);
    }
    Object.freeze(event.sections);
  } else if (event.type === 'RestartRequired') {
    Object.freeze(event.paths);
  }
  return Object.freeze(event);
}

function freezeChange(change: LeafChange): void {
  freezeShown(change.before);
  freezeShown(change.after);
  Object.freeze(change.origin);
  Object.freeze(change);
}

/** A shown value consists of lists, maps and strings; it is a copy, not the value itself. */
function freezeShown(value: unknown): void {
  if (Array.isArray(value)) value.forEach(freezeShown);
  else if (isConfigMap(value)) Object.values(value).forEach(freezeShown);
  else return;
  Object.freeze(value);
}
