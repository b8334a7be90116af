import { formatPath, type ConfigError } from '../core/index.js';
import { staleSingletons, type StaleSingleton, tenantCounts, type TenantCounts } from '../container/index.js';
import type { LeafChange, ParticipantStatus, ReloadService, SourceHealth, WantedChange } from '../runtime/index.js';
import { Duration } from '../sections/index.js';

/**
 * `healthy`: the settings in use are those of the sources. `degraded`: the program runs with good settings that differ from
 * the sources, or not everywhere. `unhealthy`: there are none, or they are no longer updated.
 */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** One section in a health report. */
export interface SectionHealth {
  /** Where it sits: canonical dotted path. */
  readonly section: string;
  /** The name of its class. */
  readonly class: string;
  /** Distinguishes several uses of one class. */
  readonly name?: string;
  /** The domain it is grouped under, where it has one. */
  readonly domain?: string;
  /** The number of the generation in which it changed last. */
  readonly generation: number;
}

/** Why the last reload was rejected. */
export interface RejectionHealth {
  readonly code: string;
  /** What is wrong, in one line: of several settings the first three. */
  readonly message: string;
  /** What asked for the reload. */
  readonly reason: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  /** How many reloads in a row have been rejected. */
  readonly attempts: number;
  /** The settings concerned, as dotted paths. */
  readonly paths: readonly string[];
}

/** A setting that waits for the next start. Values are safe to show: secrets are masked. */
export type RestartHealth = Pick<LeafChange, 'path' | 'before' | 'after'>;

/** The health of a program's configuration: plain data without secrets, as `configHealth` returns it. */
export interface ConfigHealth {
  readonly status: HealthStatus;
  /** One sentence for each thing that is not as it should be. */
  readonly problems: readonly string[];
  /** The settings in use; absent when there are none. */
  readonly generation?: {
    readonly number: number;
    /** Milliseconds since it became current. */
    readonly age: number;
    /** Why it was loaded. */
    readonly reason: string;
    /** False while `verify` hooks look at it: it may be rolled back. */
    readonly trusted: boolean;
  };
  readonly sources: readonly SourceHealth[];
  readonly sections: readonly SectionHealth[];
  /** Settings of the sources that are not in use, and why. */
  readonly wanted: readonly WantedChange[];
  /** The dependants that have made something ready, and for which generation. */
  readonly participants: readonly ParticipantStatus[];
  /** Absent while the settings in use are those of the sources. */
  readonly lastRejection?: RejectionHealth;
  /** Settings with `@RestartRequired` that are wanted otherwise than they stay. */
  readonly restartRequired: readonly RestartHealth[];
  /** Singletons that keep a section of an older generation; known only with the `ConfigPlugin`. */
  readonly staleSingletons: readonly StaleSingleton[];
  /**
   * The number of tenants, and of those quarantined; absent without tenants. A tenant's mistake does not change the status:
   * `TenantContainers.health()` names it and the reason.
   */
  readonly tenants?: TenantCounts;
}

/**
 * Reports the health of the configuration. `degraded` when the last reload was rejected, a source is not `ok`, its latest
 * settings are not in use, a setting waits for a restart, a singleton keeps old settings, or the audit log does not work;
 * `unhealthy` when the reload service has been closed, or is absent because nothing could be loaded. For several modules,
 * `configHealth(container.getAll(ReloadService))`, it is the report of all, with the worst status and without a
 * `generation`, because each module counts its own. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * const health = configHealth(container.get(ReloadService));
 * if (health.status !== 'healthy') report(health.problems);
 * ```
 */
export function configHealth(reloads: ReloadService | readonly ReloadService[] | undefined): ConfigHealth {
  const all = reloads === undefined ? [] : 'status' in reloads ? [reloads] : reloads;
  return all.length > 1 ? together(all.map(serviceHealth)) : serviceHealth(all[0]);
}

const FROM_WORST: readonly HealthStatus[] = ['unhealthy', 'degraded', 'healthy'];

function together(all: readonly ConfigHealth[]): ConfigHealth {
  const [last] = all
    .flatMap(({ lastRejection }) => lastRejection ?? [])
    .toSorted((one, other) => other.time - one.time);
  return {
    status: FROM_WORST.find((status) => all.some((health) => health.status === status)) ?? 'healthy',
    problems: all.flatMap(({ problems }) => problems),
    sources: all.flatMap(({ sources }) => sources),
    sections: all.flatMap(({ sections }) => sections),
    wanted: all.flatMap(({ wanted }) => wanted),
    participants: all.flatMap(({ participants }) => participants),
    ...(last !== undefined && { lastRejection: last }),
    restartRequired: all.flatMap(({ restartRequired }) => restartRequired),
    staleSingletons: all.flatMap(({ staleSingletons }) => staleSingletons),
    ...sumOf(all.flatMap(({ tenants }) => tenants ?? [])),
  };
}

function sumOf(all: readonly TenantCounts[]): { readonly tenants?: TenantCounts } {
  if (all.length === 0) return {};
  const add = (one: TenantCounts, other: TenantCounts): TenantCounts => ({
    known: one.known + other.known,
    live: one.live + other.live,
    quarantined: one.quarantined + other.quarantined,
  });
  return { tenants: all.reduce(add) };
}

/** The health of one module's settings; empty when nothing has been loaded. */
function serviceHealth(reloads: ReloadService | undefined): ConfigHealth {
  if (reloads === undefined) {
    const problems = ['No settings have been loaded.'];
    return {
      status: 'unhealthy',
      problems,
      sources: [],
      sections: [],
      wanted: [],
      participants: [],
      restartRequired: [],
      staleSingletons: [],
    };
  }
  const status = reloads.status();
  const { state, generation, since, age, reason, rejections, lastRejection, restartRequired, wanted, participants } =
    status;
  const reasons = new Map(wanted.map(({ index, why }) => [index, why]));
  const stale = staleSingletons(reloads);
  const tenants = tenantCounts(reloads);
  const sources = sourcesOf(reloads, since);
  const rejection = lastRejection && {
    code: lastRejection.error.code,
    message: inOneLine(lastRejection.error),
    reason: lastRejection.reason,
    time: lastRejection.time,
    attempts: Math.max(1, rejections),
    paths: lastRejection.error.issues.map(({ path }) => formatPath(path)).filter((path) => path !== ''),
  };
  const problems = [
    ...(state === 'closed' ? ['The reload service has been closed.'] : []),
    ...(rejection === undefined ? [] : [`The last reload was rejected: ${rejection.message}`]),
    ...(wanted.some(({ why }) => why === 'rolled-back') ? [ROLLED_BACK] : []),
    ...sources.flatMap((source) => problemOf(source, reasons.get(source.index), generation)),
    ...participants.flatMap(({ name, generation: number, lags }) =>
      lags ? [`${name} could not go back, and still works with generation ${String(number)}.`] : [],
    ),
    ...restartRequired.map(({ path }) => `${path} waits for a restart.`),
    ...(reloads.auditProblem === undefined ? [] : [reloads.auditProblem]),
    ...stale.map(({ consumer, section, fix }) => `${consumer} keeps old settings of ${section}. ${fix}`),
  ];
  return {
    status: state === 'closed' ? 'unhealthy' : problems.length > 0 ? 'degraded' : 'healthy',
    problems,
    generation: { number: generation, age, reason, trusted: status.trusted === generation },
    wanted,
    participants,
    sources,
    sections: reloads.sections().map(({ section, target, name, domain, changedIn }) => ({
      section,
      class: target.name,
      ...(name !== undefined && { name }),
      ...(domain !== undefined && { domain }),
      generation: changedIn,
    })),
    ...(rejection !== undefined && { lastRejection: rejection }),
    restartRequired: restartRequired.map(({ path, before, after }) => ({ path, before, after })),
    staleSingletons: stale,
    ...(tenants !== undefined && { tenants }),
  };
}

/** A source without health tracking has answered at least once, or there would be no generation. */
function sourcesOf(reloads: ReloadService, since: number): readonly SourceHealth[] {
  const known = new Map(reloads.sourceHealth().map((health) => [health.index, health]));
  return reloads
    .sources()
    .map(({ index, source }) => known.get(index) ?? { index, source, status: 'ok', since, attempts: 0 });
}

const ROLLED_BACK =
  'A kept generation is in use since a rollback; the current values of the sources are not tried before one of them changes.';

function problemOf(
  { source, status, age, message = '', problems = [] }: SourceHealth,
  why: WantedChange['why'] | undefined,
  generation: number,
): readonly string[] {
  const state = problemWith(status, source, age, message);
  // Unreadable sources are reported already, and so is the reason of a rejected reload.
  const isToTell = why === 'waits' || why === 'refused' || why === 'blocked';
  const waits = isToTell ? `The current values of the source ${source} ${unmetBecause(why, generation)}.` : undefined;
  return [...(state === undefined ? [] : [state]), ...(waits === undefined ? [] : [waits]), ...problems];
}

function unmetBecause(why: 'waits' | 'refused' | 'blocked', generation: number): string {
  if (why === 'blocked') return 'wait until every source can be used';
  if (why === 'waits') return `wait until generation ${String(generation)} is trusted`;
  return 'were refused, and are not tried again before they change';
}

function problemWith(
  status: SourceHealth['status'],
  source: string,
  age: number | undefined,
  message: string,
): string | undefined {
  switch (status) {
    case 'ok':
    case 'absent':
      return undefined;
    case 'stale': {
      const when = age === undefined ? '' : ` (${inSeconds(age)} ago)`;
      return `The source ${source} cannot be read; its last answer${when} is in use.`;
    }
    case 'defaults':
      return `The source ${source} cannot be read; defaults are in use instead.`;
    case 'bad':
      return `The source ${source} cannot be used as it is, and reloads wait until it can: ${message}`;
  }
}

function inSeconds(milliseconds: number): string {
  return Duration.ofMilliseconds(Math.floor(milliseconds / 1000) * 1000).toString();
}

/** How many settings a sentence can name and still be one. */
const NAMED = 3;

/** The first line of a report, and its issues about single settings, which have lines of their own there. */
function inOneLine({ message, issues }: ConfigError): string {
  const [first = ''] = message.split('\n', 1);
  if (issues.length === 0) return first;
  const named = issues.slice(0, NAMED).map((issue) => `${formatPath(issue.path)} ${issue.message}`.trimStart());
  const rest = issues.length - named.length;
  return `${first.replace(/[.:]$/, '')}: ${named.join('; ')}${rest > 0 ? `; and ${String(rest)} more` : ''}.`;
}
