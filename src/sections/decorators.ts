// The public face of this folder, and the subpath `uno-config/sections`: what a settings class is written with. Needs
// reflect-metadata and nothing else, so domain code can use it without pulling in the library.
export { Alias } from './alias.js';
export { ConfigSection, type SectionOptions } from './config-section.js';
export { Deprecated } from './deprecated.js';
export type { DeprecatedOptions } from './deprecation.js';
export { Describe, type DescribeOptions } from './describe.js';
export { EnvName } from './env-name.js';
export { IsByteSize, type ByteSizeOptions } from './is-byte-size.js';
export { IsDuration, type DurationOptions } from './is-duration.js';
export { ListOf } from './list-of.js';
export { MapOf } from './map-of.js';
export { Merge, mergeBy } from './merge.js';
export { RequiredIn } from './required-in.js';
export { RestartRequired } from './restart-required.js';
export { Rule, type RuleContext, type RuleVerdict, type RuleViolation, type SectionRule } from './rule.js';
export { Secure, type SecureDecorator, type SecureField } from './secure.js';
export type { SecureOptions } from './secure-declaration.js';
export {
  ByteSize,
  Duration,
  SecureValue,
  type SecretAudit,
  type SecretForm,
  type SecretLevel,
  type SecretReader,
  type SecretReaders,
  type TenantAccess,
} from '../core/index.js';
export { TenantScope } from './tenant-scope.js';
export type {
  ConvertStep,
  DefaultStep,
  JoinStep,
  MigrationStep,
  MoveStep,
  RemoveStep,
  RenameStep,
  SectionMigrations,
  SplitStep,
} from './section-migrations.js';
export type { SectionClass } from './section-class.js';
export type { FieldTypeClass, ItemType, RuleOptions, TypeReference } from './section-metadata.js';
