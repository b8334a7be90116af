import {
  type FieldPlan,
  type FieldType,
  type SectionPlan,
  type StoredValidation,
  classesOf,
  planOf,
  storedValidations,
} from '../../binding/index.js';
import type { SectionClass } from '../../sections/index.js';
import { type FieldConstraints, readConstraints } from './constraints.js';

/** All that documents say of one field of a settings class. */
export interface FieldFacts {
  readonly name: string;
  readonly field: FieldPlan;
  readonly constraints: FieldConstraints;
  /** The initialiser's value; `undefined` where there is none. */
  readonly initial: unknown;
  /** True where some source has to set it in every environment. */
  readonly required: boolean;
  /** True where `@ValidateIf` decides whether it is checked at all. */
  readonly conditional: boolean;
  /** True where `null` may stand for it. */
  readonly nullable: boolean;
}

const known = new WeakMap<SectionPlan, readonly FieldFacts[]>();

/** The fields of a settings class, in the order of their declaration. */
export function fieldFacts(plan: SectionPlan): readonly FieldFacts[] {
  let facts = known.get(plan);
  if (facts === undefined) known.set(plan, (facts = readFacts(plan)));
  return facts;
}

function readFacts(plan: SectionPlan): readonly FieldFacts[] {
  const { target, selection } = plan;
  const byName = new Map<string, StoredValidation[]>();
  for (const validation of storedValidations(target, selection)) {
    const list = byName.get(validation.propertyName);
    if (list === undefined) byName.set(validation.propertyName, [validation]);
    else list.push(validation);
  }
  // A plan exists, so the class can be made without arguments.
  const instance = new target();
  return plan.fields.map((field) => {
    const validations = byName.get(field.name) ?? [];
    const initial: unknown = Reflect.get(instance, field.name);
    const conditional = validations.some(({ type, name }) => type === 'conditionalValidation' && name !== 'isOptional');
    // What is transformed, or checked only sometimes, is known when it is there.
    const unknown = conditional || field.transforms.length > 0;
    const nullable = field.optional || conditional;
    return {
      name: field.name,
      field,
      constraints: unknown ? UNKNOWN : readConstraints(validations),
      initial,
      conditional,
      nullable,
      // Asked for when all classes are known: they may hold each other.
      get required() {
        return initial === undefined && !nullable && needsValue(field.type, plan, [target]);
      },
    };
  });
}

const UNKNOWN: FieldConstraints = Object.freeze({ value: {}, item: {}, unsaid: [] });

/** A group of settings that is absent is made of its defaults, unless one of them has none. */
function needsValue(type: FieldType, plan: SectionPlan, above: readonly SectionClass[]): boolean {
  if (type.kind !== 'section') return true;
  if (type.discriminator !== undefined && type.discriminator.subTypes.length > 0) return true;
  return classesOf(type).some((nested) => {
    // A class that needs one of its own kind inside is never complete.
    if (above.includes(nested)) return true;
    const inner = planOf(nested, plan.selection);
    return fieldFacts(inner).some(
      ({ initial, nullable, field }) =>
        initial === undefined && !nullable && needsValue(field.type, inner, [...above, nested]),
    );
  });
}
