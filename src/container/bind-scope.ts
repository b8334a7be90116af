import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';
import { ConfigEvents, ConfigStore, ReloadService } from '../runtime/index.js';
import { bindSecrets } from './bind-secrets.js';
import type { ConfigScope, SectionUse } from './config-scope.js';
import { forgetPlans } from './forget-plans.js';
import { monitorIdentifier } from './inject-monitor.js';
import { keepScope } from './loaded-scopes.js';

/** Binds a scope in the container that loads its module: its sections, their monitors and secrets, and its services. */
export function bindScope(container: ContainerModuleLoadOptions, scope: ConfigScope): void {
  keepScope(container, scope);
  container.bind(scope.id).toConstantValue(scope);
  bindService(container, scope, ConfigStore, ({ store }) => store);
  bindService(container, scope, ConfigEvents, ({ reloads }) => reloads.events);
  bindService(container, scope, ReloadService, ({ reloads }) => reloads);
  for (const use of scope.bound) bindSection(container, use);
  bindSecrets(container, scope.bound);
}

/** Where a container has several modules, the name of the module tells them apart. */
function bindService<T>(
  { bind }: ContainerModuleLoadOptions,
  scope: ConfigScope,
  identifier: ServiceIdentifier<T>,
  of: (scope: ConfigScope) => T,
): void {
  bind(identifier)
    .toDynamicValue((context) => of(scope.in(context)))
    .inTransientScope()
    .when(({ name }) => scope.isAskedBy(name));
}

function bindSection(container: ContainerModuleLoadOptions, use: SectionUse): void {
  const { scope, index, entry } = use;
  const { target, name } = entry;
  // Asked anew each time, even where the container's default is to keep what it got: the store moves on.
  const section = container.bind<unknown>(target).toDynamicValue(scope.reader(use)).inTransientScope();
  const monitor = container
    .bind(monitorIdentifier(target))
    .toDynamicValue((context) => scope.in(context).monitor(index))
    .inTransientScope();
  if (name !== undefined) {
    section.whenNamed(name);
    monitor.whenNamed(name);
    forgetPlans(container, target);
    forgetPlans(container, monitorIdentifier(target));
  } else {
    // Without a constraint this one would answer for every name too, a misspelled one included.
    section.whenDefault();
    monitor.whenDefault();
  }
}
