import {
  type ConfigError,
  type ConfigIssue,
  formatOrigin,
  formatPath,
  holdsSecretKeys,
  isConfigMap,
  MASK,
  maskCredentials,
  parsePath,
} from '../core/index.js';
import type { FlagContext, FlagExplanation, FlagRow, Flags } from '../flags/index.js';
import { configHealth, type ConfigHealth } from '../observability/index.js';
import {
  answersOf,
  factsOf,
  type Generation,
  hiddenTexts,
  type ListedSecret,
  type ReloadService,
  type Sight,
  sightIn,
  type UnsavedEdit,
  visibleDiff,
} from '../runtime/index.js';
import { AuditTail, type AuditEvent } from '../security/index.js';
import type { TenantContainers } from '../tenants/index.js';
import { KeptRows, type SettingChanges } from './kept-rows.js';
import { hiddenPaths, secretsInSight } from './secrets-in-sight.js';
import type { SettingRows } from './setting-rows.js';
import { type ShownChange, shownChanges } from './shown-change.js';
import { type ShownExplanation, shownExplanation } from './shown-explanation.js';

/** What a viewer is shown of: the services that the application has anyway. */
export interface Viewed {
  readonly reloads: ReloadService;
  readonly flags: readonly Flags[];
  readonly tenants: TenantContainers | undefined;
  readonly audit: string | undefined;
  readonly canPreview: boolean;
}

/** The one page of a viewer's first question. */
export interface Overview {
  readonly environment: string;
  readonly selectors: Readonly<Record<string, string>>;
  readonly health: ConfigHealth;
  /** Of the last rejection, what the viewer may know of. */
  readonly issues: readonly ShownIssue[];
  readonly history: readonly { readonly number: number; readonly time: number; readonly reason: string }[];
  /** The layers that an edit may be tried in. */
  readonly layers: readonly string[];
  readonly secrets: readonly ListedSecret[];
  readonly parts: {
    readonly flags: boolean;
    readonly tenants: boolean;
    readonly audit: boolean;
    readonly preview: boolean;
  };
}

export interface ShownIssue {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly from?: string;
}

/** What would become of an edit. */
export type ShownPreview =
  | { readonly status: 'accepted'; readonly changes: readonly ShownChange[]; readonly restart: readonly string[] }
  | { readonly status: 'rejected'; readonly message: string; readonly issues: readonly ShownIssue[] }
  | { readonly status: 'refused'; readonly message: string };

export interface ShownTenant {
  readonly id: string;
  readonly state: 'known' | 'quarantined' | 'restored';
  readonly message?: string;
}

/** How much is listed at most; the rest is counted. */
const MOST_TENANTS = 1_000;

/**
 * What a viewer may see: every answer of the page, of the command line's tree and of the static report is made here, and
 * nowhere else. It is asked within `runAs`, so that the access policy decides: secrets that the viewer may not know of are
 * in no answer, not even in a sentence.
 */
export class ReadModel {
  readonly #viewed: Viewed;
  readonly #rows = new KeptRows();

  public constructor(viewed: Viewed) {
    this.#viewed = viewed;
  }

  public overview(): Overview {
    const { reloads, flags, tenants, audit, canPreview } = this.#viewed;
    const { current } = reloads;
    const sight = sightIn(current);
    return {
      ...placeIn(current),
      health: this.#health(sight),
      issues: issuesFor(reloads.status().lastRejection?.error.issues ?? [], current, sight),
      history: reloads.history().map(({ number, time, reason }) => ({ number, time, reason })),
      layers: [...new Set(answersOf(current).flatMap((answer) => answer.map(({ name }) => name)))],
      secrets: secretsInSight(current, sight),
      parts: {
        flags: flags.length > 0,
        tenants: tenants !== undefined,
        audit: audit !== undefined,
        preview: canPreview,
      },
    };
  }

  /** All settings; or, of those that the viewer has of an earlier generation, what has become of them. */
  public settings(since: number | undefined, isFollowed: boolean): SettingRows | SettingChanges {
    const { current } = this.#viewed.reloads;
    if (since === undefined) return this.#rows.of(current, isFollowed);
    return this.#rows.since(since, current, isFollowed, () => this.#changedSince(since));
  }

  /** Keeps no settings for viewers any more. */
  public forget(): void {
    this.#rows.forget();
  }

  /** @throws ConfigError `invalid-path`, `access-denied`. */
  public explain(path: string, scope?: string): ShownExplanation {
    const { current } = this.#viewed.reloads;
    return shownExplanation((scope === undefined ? current : current.view(scope)).explain(path));
  }

  /**
   * The same for a tenant, whose settings are made for this one look and by nobody's rights, where they are not in use.
   *
   * @throws ConfigError what `TenantContainers.look` throws; and of what is answered, as {@link explain}.
   */
  public async explainFor(tenant: string, path: string): Promise<(() => ShownExplanation) | undefined> {
    const settings = await this.#viewed.tenants?.look(tenant);
    return settings && (() => shownExplanation(settings.explain(path)));
  }

  /** @throws ConfigError `unknown-generation`. */
  public diff(before: number, after: number): readonly ShownChange[] {
    return shownChanges(this.#viewed.reloads.diff(before, after));
  }

  /** The build runs for nobody: rules of the application may use secrets that the viewer may not. */
  public async preview(edits: readonly UnsavedEdit[], layer?: string): Promise<() => ShownPreview> {
    const outcome = await this.#viewed.reloads.preview(edits, layer);
    return () => {
      if (outcome.status === 'refused') return { status: 'refused', message: outcome.why };
      const { current } = this.#viewed.reloads;
      const sight = sightIn(current);
      if (outcome.status === 'rejected') {
        const { error } = outcome;
        return { status: 'rejected', message: firstLine(error), issues: issuesFor(error.issues, current, sight) };
      }
      const [before, after] = [factsOf(outcome.previous), factsOf(outcome.generation)];
      const restart = after.wishes.map(({ change }) => change.path).filter((path) => isShown(sight, path));
      return { status: 'accepted', changes: shownChanges(visibleDiff(before, after)), restart };
    };
  }

  public flags(): readonly { readonly name: string; readonly state: string; readonly rows: readonly FlagRow[] }[] {
    const { flags } = this.#viewed;
    return this.#scrubbed(flags.map((each) => ({ name: each.name, state: each.state, rows: each.list() })));
  }

  /** What a flag comes to, in a context of the viewer's choice: a playground, which counts as no exposure. */
  public explainFlag(name: string, key: string, context: FlagContext): FlagExplanation | undefined {
    const flags = this.#viewed.flags.find((each) => each.name === name);
    return flags && this.#scrubbed(flags.explain(key, context));
  }

  public tenants(): {
    readonly counts: object;
    readonly problems: readonly string[];
    readonly tenants: readonly ShownTenant[];
  } {
    const { tenants } = this.#viewed;
    if (tenants === undefined) return { counts: {}, problems: [], tenants: [] };
    const { quarantined, restored, problems } = tenants.health();
    const others = tenants.ids.filter((id) => !quarantined.has(id) && !restored.has(id));
    const shown = [
      ...[...quarantined].map(([id, error]): ShownTenant => ({ id, state: 'quarantined', message: firstLine(error) })),
      ...[...restored.keys()].map((id): ShownTenant => ({ id, state: 'restored' })),
      ...others.map((id): ShownTenant => ({ id, state: 'known' })),
    ];
    return this.#scrubbed({ counts: tenants.stats(), problems, tenants: shown.slice(0, MOST_TENANTS) });
  }

  /** @throws ConfigError `audit-unreadable`. */
  public async audit(count: number): Promise<() => readonly AuditEvent[]> {
    const { audit, reloads } = this.#viewed;
    const lines = audit === undefined ? [] : await (await AuditTail.open(audit)).last(count);
    return () => {
      const { gate } = factsOf(reloads.current).plan;
      // Whatever is on record was a secret once, also where no class declares it any more.
      const isOpen = (path: string): boolean => gate.allows({ level: 'mask', form: 'text', right: 'list', path });
      return lines.flatMap(({ event }) => (event !== undefined && isOpen(event.path ?? '**') ? [event] : []));
    };
  }

  #health(sight: Sight): ConfigHealth {
    const health = configHealth(this.#viewed.reloads);
    const hidden = hiddenPaths(this.#viewed.reloads.current, sight);
    const names = (text: string): boolean => hidden.some((path) => text.includes(path));
    const { lastRejection, ...others } = health;
    return {
      ...others,
      problems: health.problems.map((problem) => (names(problem) ? WITHOUT_NAMES : problem)),
      sources: health.sources.map(({ message, ...source }) => {
        return message === undefined ? source : { ...source, message: names(message) ? WITHOUT_NAMES : message };
      }),
      restartRequired: health.restartRequired.filter(({ path }) => isShown(sight, path)),
      ...(lastRejection !== undefined && {
        lastRejection: {
          ...lastRejection,
          message: names(lastRejection.message) ? WITHOUT_NAMES : lastRejection.message,
          paths: lastRejection.paths.filter((path) => sight.lists(parsePath(path))),
        },
      }),
    };
  }

  #changedSince(before: number): readonly string[] {
    const { reloads } = this.#viewed;
    // A generation that is no longer known has no difference.
    if (!reloads.history().some(({ number }) => number === before)) return [];
    return reloads.diff(before, reloads.current.number).flatMap(({ changes }) => changes.map(({ path }) => path));
  }

  /** A flag's definition may be built from what is hidden elsewhere, and knows nothing of that. */
  #scrubbed<T>(data: T): T {
    const texts = hiddenTexts(factsOf(this.#viewed.reloads.current));
    // The same shape, with other strings.
    return scrub(data, texts) as T;
  }
}

/** The environment and the other selectors that are set. */
export function placeIn({ selectors }: Generation): Pick<Overview, 'environment' | 'selectors'> {
  const others = Object.entries(selectors).filter(([name]) => name !== 'environment' && name !== 'like');
  return { environment: selectors.environment, selectors: Object.fromEntries(others) };
}

const WITHOUT_NAMES = 'A problem with settings that the access policy hides from you.';

function isShown(sight: Sight, path: string): boolean {
  const keys = parsePath(path);
  return sight.lists(keys) && sight.shows(keys);
}

function issuesFor(issues: readonly ConfigIssue[], current: Generation, sight: Sight): readonly ShownIssue[] {
  const hidden = hiddenPaths(current, sight);
  return issues.flatMap(({ path, message, hint, origin }) => {
    if (!sight.lists(path)) return [];
    return [
      {
        path: formatPath(path),
        message: hidden.some((each) => message.includes(each)) ? WITHOUT_NAMES : message,
        // It may suggest what the viewer does not know of, in any spelling.
        ...(hint !== undefined && hidden.length === 0 && { hint }),
        ...(origin !== undefined && { from: formatOrigin(origin) }),
      },
    ];
  });
}

function firstLine({ message }: ConfigError): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '.');
}

function scrub(data: unknown, texts: readonly string[]): unknown {
  if (typeof data === 'string') {
    if (holdsSecretKeys(data) || texts.some((text) => data.includes(text))) return MASK;
    return maskCredentials(data);
  }
  if (Array.isArray(data)) return data.map((item) => scrub(item, texts));
  if (!isConfigMap(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, scrub(value, texts)] as const));
}
