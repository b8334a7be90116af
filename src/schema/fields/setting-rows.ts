import { type FieldType, type SectionPlan, planOf } from '../../binding/index.js';
import type { ConfigPath } from '../../core/index.js';
import type { LoadPlan, SectionEntry } from '../../runtime/index.js';
import type { SectionClass } from '../../sections/index.js';
import { type FieldFacts, fieldFacts } from './field-facts.js';

export interface SettingRow {
  readonly path: ConfigPath;
  readonly facts: FieldFacts;
  /** The default where it is: that of the class, or what the class above made of it. */
  readonly initial: unknown;
  /** True where some source has to set it in every environment. */
  readonly required: boolean;
}

/** A section with its settings, those of nested classes included; lists, maps and alternatives are one setting each. */
export interface SectionRows {
  readonly entry: SectionEntry;
  readonly rows: readonly SettingRow[];
}

export function settingRows({ sections }: Pick<LoadPlan, 'sections'>): readonly SectionRows[] {
  return sections.map(({ entry, plan }) => ({
    entry,
    rows: rowsOf(plan, entry.path, { held: undefined, needed: true, above: [] }),
  }));
}

interface Within {
  /** What the class above holds here; its defaults count. */
  readonly held: object | undefined;
  /** False below a group that may be absent. */
  readonly needed: boolean;
  readonly above: readonly SectionClass[];
}

function rowsOf(plan: SectionPlan, path: ConfigPath, { held, needed, above }: Within): readonly SettingRow[] {
  return fieldFacts(plan).flatMap((facts): readonly SettingRow[] => {
    const here = [...path, facts.name];
    const initial: unknown = held === undefined ? facts.initial : Reflect.get(held, facts.name);
    const nested = nestedClass(facts.field.type);
    if (nested === undefined || nested === plan.target || above.includes(nested)) {
      return [{ path: here, facts, initial, required: needed && initial === undefined && facts.required }];
    }
    const inner = typeof initial === 'object' && initial !== null ? initial : undefined;
    return rowsOf(planOf(nested, plan.selection), here, {
      held: inner,
      needed: needed && (inner !== undefined || !facts.nullable),
      above: [...above, plan.target],
    });
  });
}

function nestedClass(type: FieldType): SectionClass | undefined {
  if (type.kind !== 'section') return undefined;
  return (type.discriminator?.subTypes ?? []).length > 0 ? undefined : type.target;
}
