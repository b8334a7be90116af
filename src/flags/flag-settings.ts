import { IsDate, IsIn, IsNotEmpty, IsObject, IsOptional, IsString } from 'class-validator';
import { Describe, MapOf, Rule, type RuleViolation } from '../sections/index.js';
import { checkFlags } from './check-flags.js';
import type { DefinedFlag, DefinedFlags } from './defined-flags.js';
import type { FlagValue } from './flag-value.js';

/**
 * The definition of one flag: the format of flagd, with `forced`, `offVariant`, `prerequisites`, `activeFrom` and
 * `activeUntil` besides, which flagd itself ignores. Subpath: `uno-config/flags`.
 */
export class FlagDefinition implements DefinedFlag {
  @Describe('DISABLED: the flag has the default of the code, whatever else is defined.')
  @IsIn(['ENABLED', 'DISABLED'])
  public readonly state: 'ENABLED' | 'DISABLED' = 'ENABLED';

  @Describe('The values that the flag may have, by name; all of one type.')
  @IsObject()
  public readonly variants: Readonly<Record<string, FlagValue>> = {};

  @Describe('The variant where targeting names none; the default of the code when absent.')
  @IsOptional()
  @IsString()
  public readonly defaultVariant?: string | null;

  @Describe('The rule that names a variant, in the targeting language of flagd.')
  @IsOptional()
  @IsObject()
  public readonly targeting?: Readonly<Record<string, unknown>>;

  @Describe('The kill switch: the variant for all, above targeting, prerequisites and times.')
  @IsOptional()
  @IsString()
  public readonly forced?: string;

  @Describe('The variant while prerequisites are not met, and outside of its time; defaultVariant when absent.')
  @IsOptional()
  @IsString()
  public readonly offVariant?: string;

  @Describe('Flags that must have a variant, or one of several, by key.', { example: { 'new-api': 'on' } })
  @IsObject()
  public readonly prerequisites: Readonly<Record<string, string | readonly string[]>> = {};

  @Describe('Before that, the flag has its offVariant.', { example: '2027-01-01T00:00:00Z' })
  @IsOptional()
  @IsDate()
  public readonly activeFrom?: Date;

  @Describe('From then on, the flag has its offVariant.')
  @IsOptional()
  @IsDate()
  public readonly activeUntil?: Date;

  @Describe('What else is known of the flag; evaluations give it back.')
  @IsObject()
  public readonly metadata: Readonly<Record<string, string | number | boolean>> = {};
}

/**
 * The definitions of flags: a document of flagd as settings, so that any source may hold it and tenants may override parts
 * of it. Extend it with a path of its own. Subpath: `uno-config/flags`.
 *
 * @example
 * ```ts
 * @ConfigSection('features')
 * class Features extends FlagSettings {}
 * ```
 */
export class FlagSettings implements DefinedFlags {
  @Describe('The flags, by key.')
  @MapOf(() => FlagDefinition)
  public readonly flags: Readonly<Record<string, FlagDefinition>> = {};

  @Describe('Rules that several flags share: {"$ref": name}.')
  @IsObject()
  public readonly $evaluators: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};

  @Describe('What is known of all flags; that of a flag goes over it.')
  @IsObject()
  public readonly metadata: Readonly<Record<string, string | number | boolean>> = {};

  @Describe('compiled: rules are made into functions, which some platforms forbid.')
  @IsIn(['interpreted', 'compiled'])
  public readonly evaluation: 'interpreted' | 'compiled' = 'interpreted';

  @Describe('For editors: where the schema of the document is. Nothing reads it.')
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  public readonly $schema?: string;

  @Rule('flags can be evaluated', { fields: ['flags', '$evaluators'] })
  public areEvaluable(): readonly RuleViolation[] {
    return checkFlags(this);
  }
}
