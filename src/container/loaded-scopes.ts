import type { ContainerModuleLoadOptions } from 'inversify';
import { ConfigError } from '../core/index.js';
import type { LoadPlan, SectionEntry } from '../runtime/index.js';
import { describeModule, isSameUse, type ConfigScope } from './config-scope.js';
import type { PlannedBinding } from './plan-node.js';

/** Under which each container keeps the scopes of its own modules. Nothing can be resolved by it. */
const SCOPES = Symbol('uno-config.scopes');

type Ask = (identifier: symbol) => boolean;

let answers: ConfigScope[] | undefined;

/**
 * The scopes of the nearest container that has some; of one container only when asked with its `isCurrentBound`. A
 * module cannot get anything while it loads, so every scope answers from the constraint of its binding.
 */
export function scopesSeenBy(ask: Ask): readonly ConfigScope[] {
  const found: ConfigScope[] = [];
  answers = found;
  ask(SCOPES);
  answers = undefined;
  return found;
}

function scopesLoadingBeside({ bind, unbind, isBound }: ContainerModuleLoadOptions): readonly ConfigScope[] {
  // With a binding of its own a container is not asked for those of its parent.
  const probe = bind(SCOPES)
    .toConstantValue(undefined)
    .when(() => false);
  const found = scopesSeenBy(isBound);
  unbind(probe.getIdentifier());
  return found;
}

/** True when the very container that loads a module binds an identifier, under a name if any. */
export function isBoundBeside(
  { bind, unbind, isBound }: ContainerModuleLoadOptions,
  identifier: symbol,
  name: string | undefined,
): boolean {
  const probe = bind(identifier)
    .toConstantValue(undefined)
    .when(() => false);
  const found = isBound(identifier, name === undefined ? {} : { name });
  unbind(probe.getIdentifier());
  return found;
}

export function scopesAbove(container: ContainerModuleLoadOptions): readonly ConfigScope[] {
  const [beside] = scopesLoadingBeside(container);
  return beside === undefined ? scopesSeenBy(container.isBound) : beside.parents;
}

/** Keeps a scope in the container that loads its module, and has it closed when that is unloaded or all is unbound. */
export function keepScope({ bind, isBound }: ContainerModuleLoadOptions, scope: ConfigScope): void {
  bind(SCOPES)
    .toConstantValue(scope)
    // Without anything left to wait for, the calls that are not async work as well.
    .onDeactivation(() => (scope.isClosed ? undefined : scope.close()))
    .when(function (this: unknown) {
      countAsMade(this, scope);
      answers?.push(scope);
      return false;
    });
  isBound(SCOPES);
}

/** Inversify deactivates only resolved bindings; a scope must be closed whether or not a setting was read. */
function countAsMade(binding: unknown, value: ConfigScope): void {
  // A constraint is called as a method of its binding. Where it is not, nothing is marked, and a test fails.
  const planned = binding as { cache?: PlannedBinding['cache'] } | undefined;
  if (planned?.cache?.isRight === false) planned.cache = { isRight: true, value };
}

/**
 * Refuses a module that would bind what another module of the container binds already: every `get` would be ambiguous.
 *
 * @throws ConfigError `section-bound-twice`.
 */
export function refuseBoundTwice(
  container: ContainerModuleLoadOptions,
  plan: LoadPlan,
  name: string | undefined,
): void {
  for (const other of scopesLoadingBeside(container)) {
    if (other.plan === plan) {
      throw boundTwice(
        `This container has already loaded ${other.toString()}.`,
        'Load a module once in a container; its child containers see what it binds.',
      );
    }
    const twice = plan.entries.find((entry) => other.bound.some((bound) => isSameUse(entry, bound.entry)));
    if (twice !== undefined) throw sharedSection(twice, other.toString(), describeModule(plan, name));
  }
}

function sharedSection({ target, name }: SectionEntry, one: string, other: string): ConfigError {
  const use = name === undefined ? target.name : `${target.name} under the name "${name}"`;
  return boundTwice(
    `Two modules of one container bind ${use}: ${one} and ${other}.`,
    `List ${target.name} in one of them, tell the uses apart with section(${target.name}, { path: '…', name: '…' }), or load one of the modules in a child container, where its sections take precedence.`,
  );
}

/** The error of two modules that bind a section for one module of the application. */
export function viewBoundTwice(section: string, scope: string): ConfigError {
  return boundTwice(
    `Two modules of one container bind ${section} for the scope "${scope}".`,
    `List ${section} in one ConfigModule.forScope('${scope}', […]) only.`,
  );
}

function boundTwice(message: string, recovery: string): ConfigError {
  return new ConfigError({ code: 'section-bound-twice', message, recovery });
}
