import { inject } from 'inversify';
import { getOrInsert, type OptionKinds, option, readOptions, scopeLevels } from '../core/index.js';
import type { SectionClass } from '../sections/index.js';

/** Options of an injected section. */
export interface InjectionOptions {
  /** The module, or the component of a module, whose settings are meant: `billing`, `billing/invoices`. */
  readonly scope?: string | undefined;
}

/**
 * A typed service identifier: `container.get(identifier)` is a `T`. At run time it is a symbol; inversify's types infer the
 * service from the constructor signature.
 */
export type SectionIdentifier<T extends object> = symbol & (abstract new (...never: never[]) => T);

const identifiers = new WeakMap<SectionClass, Map<string, symbol>>();

/**
 * The service identifier of a section as a module, or a component of one, sees it; for
 * `container.get(sectionIdentifier(Section, 'billing'))`. Subpath: `uno-config`.
 *
 * @throws TypeError when `target` is no class, or `scope` names no module.
 */
export function sectionIdentifier<T extends object>(target: SectionClass<T>, scope: string): SectionIdentifier<T> {
  refuseMissing('InjectSection', target);
  scopeLevels(scope);
  const ofTarget = getOrInsert(identifiers, target, () => new Map());
  const identifier = getOrInsert(ofTarget, scope, () => Symbol(`${target.name} in ${scope}`));
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
  return identifier as SectionIdentifier<T>;
}

/**
 * Injects a section into a constructor parameter or property. With a scope it is the section as that module, or component of
 * a module, sees it: the values at `modules.<module>.<section>` and `modules.<module>.components.<component>.<section>`
 * override the shared ones. Needs `ConfigModule.forScope`. Without a scope it is the same as `@inject(Section)`. With
 * `@named(name)`, the section's use under this name. Subpath: `uno-config`.
 *
 * @throws TypeError when `target` is no class, or the scope names no module.
 *
 * @example
 * ```ts
 * @injectable()
 * class InvoiceJob {
 *   constructor(@InjectSection(DatabaseSettings, { scope: 'billing' }) private readonly database: DatabaseSettings) {}
 * }
 * ```
 */
export function InjectSection<T extends object>(
  target: SectionClass<T>,
  options: InjectionOptions = {},
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  refuseMissing('InjectSection', target);
  const scope = scopeOf('InjectSection', options);
  noteInjected(target, scope);
  return inject(scope === undefined ? target : sectionIdentifier(target, scope));
}

const injected = new WeakMap<SectionClass, Set<string>>();

/** Remembers a scope that a decorator names, so that a misspelled one is reported when modules are loaded. */
export function noteInjected(target: SectionClass, scope: string | undefined): void {
  if (scope !== undefined) getOrInsert(injected, target, () => new Set()).add(scope);
}

/** The scopes that decorators name for a section, in all classes that were imported. */
export function scopesInjected(target: SectionClass): ReadonlySet<string> {
  return injected.get(target) ?? new Set();
}

export function scopeOf(call: string, options: InjectionOptions): string | undefined {
  const { scope } = readOptions(call, options, { scope: option.text } satisfies OptionKinds<InjectionOptions>);
  if (scope !== undefined) scopeLevels(scope);
  return scope;
}

/** Decorators run while modules load: in a circular import the class is still undefined, whatever its type. */
export function refuseMissing(decorator: string, target: unknown): void {
  if (typeof target === 'function') return;
  throw new TypeError(
    `${decorator}(target): name a settings class. If it is declared later in the file or imported in a circle, it is not there yet.`,
  );
}

export function parseSectionIdentifier(text: string): { readonly section: string; readonly scope: string } | undefined {
  const [, section, scope] = /^Symbol\((?:SectionMonitor<)?([^ >]+)>? in (.+)\)$/.exec(text) ?? [];
  return section === undefined || scope === undefined ? undefined : { section, scope };
}
