import { type ConfigMap, isConfigMap, mayHoldReferences } from '../../core/index.js';
import { type FieldType, type SectionPlan, type ValidationGroups, planOf } from '../../binding/index.js';
import type { SectionEntry } from './section-entry.js';

/** The initialisers of all sections as one tree of raw values: the lowest layer. */
export function defaultTree(
  sections: readonly { readonly entry: SectionEntry; readonly plan: SectionPlan }[],
): ConfigMap {
  const root: Record<string, unknown> = {};
  for (const { entry, plan } of sections) {
    let node = root;
    for (const key of entry.path) {
      const next = node[key];
      // Only maps made here are at the keys of section paths.
      node = isConfigMap(next) ? next : (node[key] = {});
    }
    Object.assign(node, { ...instanceTree(plan, new plan.target(), new Set()), ...node });
  }
  return root;
}

function instanceTree(plan: SectionPlan, instance: object, above: ReadonlySet<SectionPlan>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const { name, type, optional, conditions } of plan.fields) {
    const value: unknown = Reflect.get(instance, name);
    if (value !== undefined) tree[name] = valueTree(type, value, plan.selection);
    // Nested settings that must be there are made of their own defaults.
    else if (type.kind === 'section' && type.discriminator === undefined && !optional && conditions.length === 0) {
      const nested = planOf(type.target, plan.selection);
      if (!above.has(nested)) tree[name] = instanceTree(nested, new nested.target(), new Set([...above, nested]));
    }
  }
  return tree;
}

function valueTree(type: FieldType, value: unknown, selection: ValidationGroups): unknown {
  if (typeof value !== 'object' || value === null) return value;
  switch (type.kind) {
    case 'section':
      return value instanceof type.target ? instanceTree(planOf(type.target, selection), value, new Set()) : value;
    case 'list':
      return Array.isArray(value) ? value.map((item) => valueTree(type.item, item, selection)) : value;
    case 'map': {
      const map = value instanceof Map ? (Object.fromEntries(value) as unknown) : value;
      if (!isConfigMap(map)) return value;
      const entries = Object.entries(map).map(([key, item]) => [key, valueTree(type.item, item, selection)] as const);
      return Object.fromEntries(entries);
    }
    default:
      return value;
  }
}

/** The part of a tree whose strings hold references; `undefined` when none does. */
export function onlyTemplates(tree: unknown): unknown {
  if (typeof tree === 'string') return mayHoldReferences(tree) ? tree : undefined;
  if (Array.isArray(tree)) return tree.some((item) => onlyTemplates(item) !== undefined) ? tree : undefined;
  if (!isConfigMap(tree)) return undefined;
  const kept = Object.entries(tree).flatMap(([key, value]) => {
    const part = onlyTemplates(value);
    return part === undefined ? [] : [[key, part] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
