import type { FlagValue } from './flag-value.js';

/** A flag as it is defined: what `FlagDefinition` holds. Subpath: `uno-config/flags`. */
export interface DefinedFlag {
  readonly state: 'ENABLED' | 'DISABLED';
  readonly variants: Readonly<Record<string, FlagValue>>;
  readonly defaultVariant?: string | null | undefined;
  readonly targeting?: Readonly<Record<string, unknown>> | undefined;
  readonly forced?: string | undefined;
  readonly offVariant?: string | undefined;
  readonly prerequisites?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly activeFrom?: Date | undefined;
  readonly activeUntil?: Date | undefined;
  readonly metadata?: FlagMetadata | undefined;
}

/** What is known of a flag, for people. */
export type FlagMetadata = Readonly<Record<string, string | number | boolean>>;

/** All flags of a section: what `FlagSettings` holds. Subpath: `uno-config/flags`. */
export interface DefinedFlags {
  readonly flags: Readonly<Record<string, DefinedFlag>>;
  readonly $evaluators?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly metadata?: FlagMetadata;
  readonly evaluation?: 'interpreted' | 'compiled';
}

export function flagIn({ flags }: DefinedFlags, key: string): DefinedFlag | undefined {
  return Object.hasOwn(flags, key) ? flags[key] : undefined;
}

/** The variants of each prerequisite that are enough. */
export function prerequisitesOf({
  prerequisites = {},
}: DefinedFlag): readonly (readonly [string, readonly string[]])[] {
  return Object.entries(prerequisites).map(([key, wanted]) => [key, typeof wanted === 'string' ? [wanted] : wanted]);
}
