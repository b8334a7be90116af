import type { ContainerModuleLoadOptions, ResolutionContext } from 'inversify';
import type { SectionEntry } from '../runtime/index.js';
import type { ConfigScope, SectionUse } from './config-scope.js';
import { monitorIdentifier } from './inject-monitor.js';
import { sectionIdentifier } from './inject-section.js';
import { isBoundBeside, scopesSeenBy, viewBoundTwice } from './loaded-scopes.js';
import type { ScopeView } from './scope-view.js';
import { sectionNotBound } from './section-not-bound.js';
import { markRead } from './stale-singletons.js';

/** Binds sections, and their monitors, as a module of the application, or a component of one, sees them. */
export function bindView(container: ContainerModuleLoadOptions, scope: string, entries: readonly SectionEntry[]): void {
  for (const { target, name } of entries) {
    if (isBoundBeside(container, sectionIdentifier(target, scope), name)) throw viewBoundTwice(target.name, scope);
  }
  for (const entry of entries) bindSection(container, scope, entry);
}

function bindSection({ bind, isBound }: ContainerModuleLoadOptions, scope: string, entry: SectionEntry): void {
  const { target, name } = entry;
  // Modules load side by side: whose section it is is known when it is asked for.
  let known: SectionUse | undefined;
  const find = (): SectionUse => {
    if (known === undefined || known.scope.isUnbound) known = useOf(entry, scopesSeenBy(isBound));
    if (known !== undefined) return known;
    throw sectionNotBound({ section: target.name, name });
  };
  const viewIn = (context: ResolutionContext): ScopeView => find().scope.in(context).view(scope);
  const read = (context: ResolutionContext): unknown => viewIn(context).read(find().index);
  markRead(read, () => ({ tracker: find().scope.singletons, index: find().index, scope }));
  const section = bind<unknown>(sectionIdentifier(target, scope)).toDynamicValue(read).inTransientScope();
  const monitor = bind(monitorIdentifier(target, { scope }))
    .toDynamicValue((context) => viewIn(context).monitor(find().index))
    .inTransientScope();
  if (name !== undefined) {
    section.whenNamed(name);
    monitor.whenNamed(name);
  } else {
    section.whenDefault();
    monitor.whenDefault();
  }
}

/** The use of a section in the nearest container that has it. */
function useOf(entry: SectionEntry, scopes: readonly ConfigScope[]): SectionUse | undefined {
  const [one] = scopes;
  // Those of one container have the same parents.
  return one && (scopes.flatMap(({ bound }) => bound).find(isOf(entry)) ?? useOf(entry, one.parents));
}

function isOf({ target, name }: SectionEntry): (use: SectionUse) => boolean {
  return ({ entry }) => entry.target === target && entry.name === name;
}
