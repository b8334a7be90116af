import { dirname, join, relative, resolve } from 'node:path';
import {
  ConfigError,
  type ConfigLogger,
  type ConfigOrigin,
  type Environment,
  formatPath,
  parsePath,
  secretAt,
  silentLogger,
} from '../../core/index.js';
import { answersOf, describeFully, type ExaminedTenants, type Generation } from '../../runtime/index.js';
import type { CommandIo } from '../command.js';
import { compareSettings } from '../compare-settings.js';
import { reportedIssues, type ReportedIssue } from '../environment-report.js';
import { loadEnvironment, type LoadedDefinition, type Selected } from '../load-definition.js';
import { leavesOfGeneration, type Leaves } from '../setting-leaves.js';
import { lookAtAll } from '../tenants/index.js';
import type { ReportedFinding, ReportedPlace, ReportedSetting, ValidationReport } from './validation-report.js';

/** Loads every environment in every region, and every tenant there. One after the other: sources need not be able to do more. */
export async function surveyed(
  loaded: LoadedDefinition,
  selectors: Selected,
  environments: readonly Environment[],
  io: CommandIo,
): Promise<ValidationReport> {
  const { definition, file } = loaded;
  const regions: readonly (string | undefined)[] =
    selectors.region !== undefined ? [selectors.region] : (definition.regions ?? [undefined]);
  const survey = new Survey(loaded);
  for (const environment of environments) {
    for (const region of regions) {
      await survey.visit({ ...selectors, environment, ...(region !== undefined && { region }) }, io);
    }
  }
  const { places, findings } = survey;
  const ok = places.every((place) => place.ok && Object.values(place.tenants).every(Boolean));
  return {
    file,
    ok,
    places,
    findings: findings(),
    settings: survey.settings(),
    unused: await survey.unused(io.folder),
  };
}

class Survey {
  public readonly places: ReportedPlace[] = [];
  readonly #loaded: LoadedDefinition;
  readonly #leaves: Leaves[] = [];
  readonly #found = new Map<string, ReportedFinding & { readonly where: { place: number; tenant: string | null }[] }>();
  readonly #read = new Set<string>();
  readonly #stray = new Set<string>();

  public constructor(loaded: LoadedDefinition) {
    this.#loaded = loaded;
  }

  public findings = (): readonly ReportedFinding[] => [...this.#found.values()];

  public async visit(selectors: Selected & { readonly environment: Environment }, io: CommandIo): Promise<void> {
    const place = this.places.length;
    const { environment, region = null } = selectors;
    const warnings: { readonly path: string; readonly code: string; readonly message: string }[] = [];
    const logger: ConfigLogger = {
      log: ({ level, event, message, fields }) => {
        const { code, path, files, source } = fields;
        if (event === 'config.issue' && level === 'warn') {
          warnings.push({ code: String(code), path: String(path), message: message.split('\n', 1)[0] ?? '' });
        }
        if (event === 'config.source.unused-files' && Array.isArray(files)) {
          for (const name of files) this.#stray.add(join(dirname(String(source)), String(name)));
        }
      },
    };
    let generation: Generation;
    try {
      generation = await loadEnvironment(this.#loaded, selectors, logger);
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      for (const issue of reportedIssues(error)) this.#add('error', issue, place, null);
      this.#leaves.push(new Map());
      this.places.push({ environment, region, ok: false, settings: 0, tenants: {} });
      return;
    }
    const described = describeFully(generation);
    const origins = new Map(described.map(({ path, origin }) => [path, origin]));
    for (const { path, code, message } of warnings) {
      const origin = originNear(path, origins);
      const text = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
      this.#add('warning', { code, path, message: text, hint: null, origin, related: [] }, place, null);
    }
    for (const { name, kind } of answersOf(generation).flat()) if (kind === 'file') this.#read.add(resolve(name));
    this.#leaves.push(leavesOfGeneration(generation));
    const tenants = await this.#tenants(generation, selectors, place, io);
    this.places.push({ environment, region, ok: true, settings: described.length, tenants });
  }

  async #tenants(
    base: Generation,
    selectors: Selected,
    place: number,
    io: CommandIo,
  ): Promise<Record<string, boolean>> {
    const { definition, plan } = this.#loaded;
    const options = { ...definition, ...selectors, logger: silentLogger };
    // What defineTenants makes answers so; the floor of definitions knows nothing of tenants.
    const tenants = (await definition.tenants?.examine({ plan, options, current: base })) as
      ExaminedTenants | undefined;
    if (tenants === undefined) return {};
    try {
      // Where a function gives the documents, nobody knows which tenants there are.
      const looked = tenants.ids === undefined ? [] : await lookAtAll({ tenants }, [], io, async (one) => one.built());
      for (const { id, error } of looked) {
        if (error !== undefined) for (const issue of reportedIssues(error)) this.#add('error', issue, place, id);
      }
      return Object.fromEntries(looked.map(({ id, error }) => [id, error === undefined]));
    } finally {
      await tenants.close();
    }
  }

  #add(level: 'error' | 'warning', issue: ReportedIssue, place: number, tenant: string | null): void {
    const key = JSON.stringify([level, issue.code, issue.path, issue.message, issue.origin]);
    const known = this.#found.get(key) ?? { ...issue, level, where: [] };
    known.where.push({ place, tenant });
    this.#found.set(key, known);
  }

  /** Every setting of every valid place, and whether it differs among them. */
  public settings(): readonly ReportedSetting[] {
    const valid = this.#leaves.filter((leaves) => leaves.size > 0);
    const [first, ...others] = valid;
    const drifting = new Set(
      others.flatMap((other) => compareSettings(first ?? new Map(), other).differences.map(({ path }) => path)),
    );
    return [...new Set(valid.flatMap((leaves) => [...leaves.keys()]))].map((path) => ({
      path,
      secret:
        secretAt(this.#loaded.plan.schema, parsePath(path))?.rule.level ??
        (valid.some((leaves) => leaves.get(path)?.isMasked) ? 'masked' : null),
      drifts: drifting.has(path),
      values: this.#leaves.map((leaves) => {
        const leaf = leaves.get(path);
        return leaf === undefined ? null : { value: leaf.value, from: leaf.from ?? null };
      }),
    }));
  }

  public async unused(folder: string): Promise<readonly string[] | null> {
    if (this.places.some(({ ok }) => !ok)) return null;
    const { definition, plan } = this.#loaded;
    const context = { schema: plan.schema, signal: new AbortController().signal, environments: plan.environments };
    const known = await Promise.all(
      definition.sources.map(async (source) => {
        const [first = '', ...more] = (await source.files?.(context)) ?? [];
        // A source of one file may call it as it likes.
        return this.#read.has(resolve(source.name ?? '')) ? more : [first, ...more].filter((file) => file !== '');
      }),
    );
    const unread = [...known.flat(), ...this.#stray].map((file) => resolve(folder, file));
    const unused = unread.filter((file) => !this.#read.has(file)).map((file) => relative(folder, file));
    return [...new Set(unused)].sort();
  }
}

/** The place of a setting, or of the first one in a group. */
function originNear(path: string, origins: ReadonlyMap<string, ConfigOrigin | undefined>): ConfigOrigin | null {
  const own = origins.get(path);
  if (own !== undefined) return own;
  const keys = parsePath(path);
  const [, inside] = [...origins].find(([other]) => formatPath(parsePath(other).slice(0, keys.length)) === path) ?? [];
  return inside ?? null;
}
