import {
  type ConfigPath,
  mustBe,
  option,
  type OptionKinds,
  OptionMistake,
  parsePath,
  readOptions,
  sortOf,
} from '../../core/index.js';
import { sectionDeclaration, type SectionClass } from '../../sections/index.js';

/** A section class bound to a place: what `sections` lists take besides plain classes. */
export interface SectionEntry<T extends object = object> {
  readonly target: SectionClass<T>;
  /** Where the section's subtree sits. */
  readonly path: ConfigPath;
  /** Distinguishes several uses of one class; injected with `@named(name)`. */
  readonly name: string | undefined;
  /** The domain it is grouped under; that of `@ConfigSection` unless its placement names one. */
  readonly domain?: string | undefined;
}

/** A settings class as it is declared, or one that {@link section} places elsewhere or under a name. */
export type SectionInput<T extends object = object> = SectionClass<T> | SectionEntry<T>;

/** Several of them, for what is typed by each. */
export type SectionInputs<S extends readonly object[]> = { readonly [I in keyof S]: SectionInput<S[I]> };

/** What {@link section} takes. */
export interface SectionPlacement {
  /** Another path than the one that `@ConfigSection` declares; a dotted string, `''` for the root. */
  readonly path?: string;
  /** The name under which this use of the class is injected: `@inject(DatabaseSettings) @named('replica')`. */
  readonly name?: string;
  /** Another domain than the one that `@ConfigSection` declares. */
  readonly domain?: string;
}

/**
 * Uses a settings class at another path or under a name, so that one class serves several subtrees. Subpath:
 * `uno-config`.
 *
 * @throws TypeError when neither the class nor the placement sets the section's path.
 *
 * @example
 * ```ts
 * const config = ConfigModule.fromOptions({
 *   sections: [DatabaseSettings, section(DatabaseSettings, { path: 'replica', name: 'replica' })],
 *   sources: [yamlFile('config/app.yaml')],
 * });
 * ```
 */
export function section<T extends object>(target: SectionClass<T>, placement: SectionPlacement = {}): SectionEntry<T> {
  const declared = sectionDeclaration(target);
  const { name, path = declared?.path, domain = declared?.domain } = readOptions('section', placement, PLACEMENT);
  if (path === undefined) {
    throw new OptionMistake(
      `${target.name} has no path: decorate it with @ConfigSection('…'), or place it with section(${target.name}, { path: '…' }).`,
    );
  }
  return Object.freeze({
    target,
    path: Object.freeze(path === '' ? [] : parsePath(path)),
    name,
    ...(domain !== undefined && { domain }),
  });
}

const PLACEMENT = { path: option.text, name: option.name, domain: option.name } satisfies OptionKinds<SectionPlacement>;

/**
 * The entries of a `sections` option.
 *
 * @throws TypeError when one is neither a class nor made by {@link section}.
 */
export function sectionEntries(inputs: readonly SectionInput[]): readonly SectionEntry[] {
  return inputs.map((input: unknown, index) => {
    if (isClass(input)) return section(input);
    if (isEntry(input)) return input;
    const got = input === undefined ? 'nothing: a class that is imported in a circle is not there yet' : sortOf(input);
    throw mustBe(`sections[${String(index)}]`, 'a settings class, or what section(…) makes of one', got);
  });
}

function isEntry(input: unknown): input is SectionEntry {
  return typeof input === 'object' && input !== null && 'target' in input && typeof input.target === 'function';
}

function isClass(input: unknown): input is SectionClass {
  return typeof input === 'function';
}
