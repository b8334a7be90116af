import type { Container, ContainerModule } from 'inversify';
import { ConfigError } from '../core/index.js';
import type { ConfigScope } from './config-scope.js';
import { ConfigModule } from './config-module.js';
import { scopesSeenBy } from './loaded-scopes.js';

/** How a plugin gives a container a method of its own. */
type Define = (name: string, method: (...args: never[]) => unknown) => void;

/**
 * Has a container refuse, before anything is done, the calls that cannot wait for a module to load or to close: Inversify
 * notices only afterwards. And what would close the module of a parent, forget one that goes on watching, or bring back
 * one that is closed.
 */
export function guardModules(container: Container, define: Define): void {
  const own = (): readonly ConfigScope[] => scopesSeenBy(container.isCurrentBound.bind(container));
  const open = (): readonly ConfigScope[] => own().filter(({ isClosed }) => !isClosed);
  const load = container.load.bind(container);
  const unload = container.unload.bind(container);
  const unloadAsync = container.unloadAsync.bind(container);
  const unbindAll = container.unbindAll.bind(container);
  const snapshot = container.snapshot.bind(container);
  const restore = container.restore.bind(container);
  /** What was loaded at each snapshot that can still be restored. */
  const snapshots: (readonly ConfigScope[])[] = [];

  define('load', (...modules: readonly ContainerModule[]) => {
    if (modules.some((module) => module instanceof ConfigModule)) throw loadRefused();
    load(...modules);
  });
  define('unloadAsync', async (...modules: readonly ContainerModule[]) => {
    refuseOfParent(container, modules, own());
    await unloadAsync(...modules);
  });
  define('unload', (...modules: readonly ContainerModule[]) => {
    refuseOfParent(container, modules, own());
    const isUnloaded = (scope: ConfigScope): boolean =>
      modules.some((module) => module instanceof ConfigModule && module.owns(scope));
    refuseUnlessClosed(open().filter(isUnloaded), 'unload(module)', 'unloadAsync(module)');
    unload(...modules);
  });
  define('unbindAll', () => {
    refuseUnlessClosed(open(), 'unbindAll()', 'unbindAllAsync()');
    unbindAll();
  });
  define('snapshot', () => {
    snapshot();
    snapshots.push(own());
  });
  define('restore', () => {
    const kept = snapshots.at(-1);
    if (kept !== undefined) refuseUnlessSame(kept, own());
    restore();
    snapshots.pop();
  });
}

function loadRefused(): ConfigError {
  return asyncNeeded(
    'container.load(module) cannot wait until settings are loaded; nothing has been loaded.',
    'loadAsync(module)',
  );
}

function refuseUnlessClosed([scope]: readonly ConfigScope[], call: string, instead: string): void {
  if (scope === undefined) return;
  throw asyncNeeded(
    `container.${call} cannot wait until ${scope.toString()} is closed; nothing has been closed.`,
    instead,
  );
}

/** A container that has not loaded a module deactivates that of its parent, and leaves the bindings there. */
function refuseOfParent(container: Container, modules: readonly ContainerModule[], own: readonly ConfigScope[]): void {
  const above = withParents(scopesSeenBy(container.isBound.bind(container))).filter((scope) => !own.includes(scope));
  for (const module of modules) {
    if (!(module instanceof ConfigModule) || own.some((scope) => module.owns(scope))) continue;
    const scope = above.find((one) => module.owns(one));
    if (scope === undefined) continue;
    throw new ConfigError({
      code: 'module-of-parent',
      message: `This container has not loaded ${scope.toString()}; a parent of it has.`,
      recovery: 'Unload a module from the container that loaded it.',
    });
  }
}

function withParents(scopes: readonly ConfigScope[]): readonly ConfigScope[] {
  return scopes.flatMap((scope) => [scope, ...withParents(scope.parents)]);
}

function asyncNeeded(message: string, instead: string): ConfigError {
  const recovery = `Write "await container.${instead}".`;
  return new ConfigError({ code: 'async-needed', message, recovery });
}

function refuseUnlessSame(kept: readonly ConfigScope[], now: readonly ConfigScope[]): void {
  const added = now.find((scope) => !kept.includes(scope));
  if (added !== undefined) {
    throw restoreRefused(
      `would forget ${added.toString()}, which was loaded after the snapshot and would go on watching.`,
      'Unload it before: "await container.unloadAsync(module)".',
    );
  }
  const gone = kept.find((scope) => !now.includes(scope));
  if (gone !== undefined) {
    throw restoreRefused(
      `would bring back ${gone.toString()}, which was closed after the snapshot and is not kept current any more.`,
      'Load the module again instead.',
    );
  }
}

function restoreRefused(why: string, recovery: string): ConfigError {
  const message = `container.restore() ${why}`;
  return new ConfigError({ code: 'restore-refused', message, recovery });
}
