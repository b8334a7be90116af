import type { ContainerModuleLoadOptions, ResolutionContext, ServiceIdentifier } from 'inversify';
import { ConfigEvents, ConfigStore, ReloadService, type SectionEntry } from '../runtime/index.js';
import { bindSecrets } from './bind-secrets.js';
import { isSameUse, type ConfigScope, type SectionUse } from './config-scope.js';
import { forgetPlans } from './forget-plans.js';
import { monitorIdentifier } from './inject-monitor.js';
import { sectionIdentifier } from './inject-section.js';
import { isBoundBeside, keepScope, scopesSeenBy, viewBoundTwice } from './loaded-scopes.js';
import { sectionNotBound } from './container-errors.js';
import { markRead } from './stale-singletons.js';
import type { ScopeView, StoreScope } from './store-scope.js';

/** Binds a scope in the container that loads its module: its sections, their monitors and secrets, and its services. */
export function bindScope(container: ContainerModuleLoadOptions, scope: ConfigScope): void {
  keepScope(container, scope);
  container.bind(scope.id).toConstantValue(scope);
  bindService(container, scope, ConfigStore, ({ store }) => store);
  bindService(container, scope, ConfigEvents, ({ reloads }) => reloads.events);
  bindService(container, scope, ReloadService, ({ reloads }) => reloads);
  for (const use of scope.bound) {
    const { entry, index } = use;
    bindAs(container, entry.target, entry.name, use.scope.reader(use));
    bindAs(container, monitorIdentifier(entry.target), entry.name, (context) => use.scope.in(context).monitor(index));
  }
  bindSecrets(container, scope.bound);
}

/** Binds sections, and their monitors, as a module of the application, or a component of one, sees them. */
export function bindView(container: ContainerModuleLoadOptions, scope: string, entries: readonly SectionEntry[]): void {
  for (const { target, name } of entries) {
    if (isBoundBeside(container, sectionIdentifier(target, scope), name)) throw viewBoundTwice(target.name, scope);
  }
  for (const entry of entries) {
    const { target, name } = entry;
    const find = useFinder(container, entry);
    const viewIn = (context: ResolutionContext): ScopeView => find().scope.in(context).view(scope);
    const read = (context: ResolutionContext): unknown => viewIn(context).read(find().index);
    markRead(read, () => ({ tracker: find().scope.singletons, index: find().index, scope }));
    bindAs(container, sectionIdentifier(target, scope), name, read);
    bindAs(container, monitorIdentifier(target, { scope }), name, (context) => viewIn(context).monitor(find().index));
  }
}

/** Where a container has several modules, the name of the module distinguishes them. */
function bindService<T>(
  { bind }: ContainerModuleLoadOptions,
  scope: ConfigScope,
  identifier: ServiceIdentifier<T>,
  of: (scope: StoreScope) => T,
): void {
  bind(identifier)
    .toDynamicValue((context) => of(scope.in(context)))
    .inTransientScope()
    .when(({ name }) => scope.isAskedBy(name));
}

/** Asked anew each time, even where the container's default is to keep what it got: the store moves on. */
function bindAs(
  container: ContainerModuleLoadOptions,
  identifier: ServiceIdentifier,
  name: string | undefined,
  read: (context: ResolutionContext) => unknown,
): void {
  const binding = container.bind<unknown>(identifier).toDynamicValue(read).inTransientScope();
  // Without a constraint it would resolve for every name too, a misspelled one included.
  if (name === undefined) binding.whenDefault();
  else {
    binding.whenNamed(name);
    forgetPlans(container, identifier);
  }
}

/** Modules load side by side: whose section it is is known when it is asked for. */
function useFinder({ isBound }: ContainerModuleLoadOptions, entry: SectionEntry): () => SectionUse {
  let known: SectionUse | undefined;
  return () => {
    if (known === undefined || known.scope.isUnbound) known = useOf(entry, scopesSeenBy(isBound));
    if (known !== undefined) return known;
    throw sectionNotBound({ section: entry.target.name, name: entry.name });
  };
}

/** The use of a section in the nearest container that has it. */
function useOf(entry: SectionEntry, scopes: readonly ConfigScope[]): SectionUse | undefined {
  const [one] = scopes;
  const isAsked = (use: SectionUse): boolean => isSameUse(use.entry, entry);
  // Those of one container have the same parents.
  return one && (scopes.flatMap(({ bound }) => bound).find(isAsked) ?? useOf(entry, one.parents));
}
