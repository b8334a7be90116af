import type { TransformFnParams } from 'class-transformer';
import type { FieldDeclaration } from '../sections/index.js';
import type { PropertyChecks } from './compile-checks.js';
import type { FieldType } from './field-type.js';

/** One field of a `SectionPlan`. */
export interface FieldPlan extends PropertyChecks {
  readonly name: string;
  readonly type: FieldType;
  readonly declaration: FieldDeclaration;
  readonly transforms: readonly ((parameters: TransformFnParams) => unknown)[];
  /** True when the initialiser gives a value. */
  readonly hasDefault: boolean;
  readonly secret: boolean;
}
