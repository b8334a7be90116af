import { planOf } from '../../binding/index.js';
import { option, sortOf } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';

/** An option that takes a settings class with all that another one has: that one, or a class that extends it. */
export function sectionLike(base: SectionClass): ReturnType<typeof option.kind> {
  return option.kind(
    `${base.name}, or a class that extends it`,
    (value) => {
      const target = classOf(value);
      return target !== undefined && missingIn(target, base).length === 0;
    },
    (value) => {
      const target = classOf(value);
      if (target === undefined) return sortOf(value);
      const [first = '', ...others] = missingIn(target, base);
      const more = others.length > 3 ? [...others.slice(0, 2), `${String(others.length - 2)} more`] : others;
      return `${target.name}, which lacks ${more.length === 0 ? first : `${[first, ...more.slice(0, -1)].join(', ')} and ${String(more.at(-1))}`}`;
    },
  );
}

/** The class of a section, or of one use of it. */
function classOf(value: unknown): SectionClass | undefined {
  const target: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'target') : value;
  // What settings are made of has no parameters; another class is refused for what it lacks.
  return typeof target === 'function' ? (target as SectionClass) : undefined;
}

/** The fields that the other always has, and a class does not declare. */
function missingIn(target: SectionClass, base: SectionClass): readonly string[] {
  if (target === base || target.prototype instanceof base) return [];
  const declared = new Set(namesOf(target));
  return Object.entries(new base())
    .filter(([name, value]) => value !== undefined && !declared.has(name) && !(name in target.prototype))
    .map(([name]) => name);
}

function namesOf(target: SectionClass): readonly string[] {
  try {
    return planOf(target).names;
  } catch {
    // No settings class at all.
    return [];
  }
}
