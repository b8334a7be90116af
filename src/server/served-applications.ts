import { createHash } from 'node:crypto';
import {
  type ConfigLayer,
  type ConfigPath,
  type ConfigSource,
  declaredEnvironments,
  environmentNames,
  isWithin,
  maskCredentials,
  parseEnvironment,
  sameValue,
  UNSET,
} from '../core/index.js';
import type { ConfigDefinition } from '../runtime/index.js';
import { flatText } from './flat-text.js';
import type { FlatFormat, TargetPlace } from './request-target.js';
import {
  handed,
  type HandedProperty,
  handedOpen,
  type OpenedProperty,
  type ServedProperty,
} from './served-properties.js';
import { ServedView, type ViewWorld } from './served-view.js';

/** An application whose settings are served. */
export interface ServedApplication {
  /** What the application loads, as it declares it: its sources are read, and its sections say what is a secret. */
  readonly config: ConfigDefinition;
  /** Other versions by their labels, such as branches: the sources in place of those of `config`. */
  readonly labels?: Readonly<Record<string, readonly ConfigSource[]>>;
}

/** What a caller is answered. */
export interface ServedAnswer {
  /** Another one whenever the settings are others. */
  readonly tag: string;
  /** The environment as JSON; with the origin of each value. */
  readonly plain: Buffer;
  readonly withOrigins: Buffer;
  /** The secrets in it that have been opened. */
  readonly opened: readonly OpenedProperty[];
  flat(format: FlatFormat, resolves: boolean): string;
}

/** The name of what all applications share, below their own settings. */
const SHARED = 'application';
/** Answers that are kept ready. */
const MOST_READY = 500;

interface Handed {
  readonly name: string;
  readonly properties: readonly HandedProperty[];
}

/** All applications with their views, and answers made from them. */
export class ServedApplications {
  readonly #applications: ReadonlyMap<string, ReadonlyMap<string, readonly ServedView[]>>;
  #ready = new Map<string, ServedAnswer>();

  /** @param moved called when answers for an application may be others; for all when it has no name */
  public constructor(
    applications: Readonly<Record<string, ServedApplication>>,
    world: Omit<ViewWorld, 'moved'>,
    moved: (application: string | undefined) => void,
  ) {
    const own: ViewWorld = {
      ...world,
      moved: ({ place: { application } }) => {
        this.#ready = new Map();
        moved(application === SHARED ? undefined : application);
      },
    };
    this.#applications = new Map(
      Object.entries(applications).map(([application, { config, labels = {} }]) => {
        const environments = environmentNames(declaredEnvironments(config.environments));
        const versions = [[undefined, config.sources] as const, ...Object.entries(labels)];
        const views = versions.map(([label, sources]) => {
          const all = environments.map(
            (environment) => new ServedView({ application, label, environment, config, sources }, own),
          );
          return [label ?? '', all] as const;
        });
        return [application, new Map(views)];
      }),
    );
  }

  public get names(): readonly string[] {
    return [...this.#applications.keys()];
  }

  /** Whether all can be served; an environment that an application has no settings for is not waited for. */
  public get areReady(): boolean {
    return this.#all().every(({ state }) => state !== 'starting');
  }

  public async start(): Promise<void> {
    await Promise.all(this.#all().map(async (view) => view.start()));
  }

  public async close(): Promise<void> {
    await Promise.all(this.#all().map(async (view) => view.close()));
  }

  /** What a caller is answered; nothing for a label that there is not, `not-ready` before there is anything. */
  public answer(place: TargetPlace, isTrusted: boolean): ServedAnswer | 'not-ready' | undefined {
    const key = JSON.stringify([place, isTrusted]);
    const known = this.#ready.get(key);
    if (known !== undefined) return known;
    const parts = [SHARED, ...(place.application === SHARED ? [] : [place.application])].map((name) =>
      this.#views(name, place),
    );
    if (parts.some((part) => part === undefined)) return undefined;
    const chosen = parts.flatMap((part) => part ?? []);
    if (chosen.some(({ view, others }) => [view, ...others].some(({ state }) => state === 'starting')))
      return 'not-ready';
    const made = answerOf(place, chosen, isTrusted);
    if (this.#ready.size >= MOST_READY) this.#ready = new Map();
    this.#ready.set(key, made);
    return made;
  }

  /** The views for the profiles, in their order; those of no profile that is an environment are for what is common. */
  #views(
    application: string,
    { profiles, label = '', application: asked }: TargetPlace,
  ): readonly ChosenView[] | undefined {
    const versions = this.#applications.get(application);
    // As Spring does, one that is not known has no settings; what is shared need not have every label.
    if (versions === undefined) return [];
    const all = versions.get(label) ?? (application === asked ? undefined : versions.get(''));
    const views = all?.filter(({ state }) => state !== 'absent');
    const [first] = views ?? [];
    if (views === undefined || first === undefined) return views && [];
    const { environments } = first.plan;
    const wanted = new Set(profiles.flatMap((profile) => parseEnvironment(profile, environments) ?? []));
    if (wanted.size === 0) return [{ view: first, others: [], isCommon: true }];
    const [view, ...others] = [...wanted].flatMap(
      (name) => views.find(({ place }) => place.environment === name) ?? [],
    );
    return view === undefined ? [] : [{ view, others, isCommon: false }];
  }

  #all(): readonly ServedView[] {
    return [...this.#applications.values()].flatMap((versions) => [...versions.values()].flat());
  }
}

interface ChosenView {
  readonly view: ServedView;
  /** Those of further profiles. */
  readonly others: readonly ServedView[];
  /** Whether only what is the same in every environment is wanted. */
  readonly isCommon: boolean;
}

/** Low to high: source by source, in each what is common before what a profile adds. */
function layersOf({ view, others, isCommon }: ChosenView): readonly ConfigLayer[] {
  return view.layers().flatMap((own, source) => {
    const first = isCommon ? own.filter(({ chosenBy }) => chosenBy?.environment === undefined) : own;
    const layers = [...first];
    for (const layer of others.flatMap((other) => other.layers()[source] ?? [])) {
      const isKnown = layers.some(({ name, tree }) => name === layer.name && sameValue(tree, layer.tree));
      if (!isKnown) layers.push(layer);
    }
    return layers;
  });
}

function answerOf(place: TargetPlace, chosen: readonly ChosenView[], isTrusted: boolean): ServedAnswer {
  const opened: OpenedProperty[] = [];
  const closed = handedOf(chosen, (property) => handed(property));
  const sources = isTrusted
    ? handedOf(chosen, (property, { plan }) => handedOpen(property, plan, (secret) => opened.push(secret)))
    : closed;
  const revision = chosen.map(({ view }) => view.revision);
  // Of secrets as they are stored: a tag must not be a means to guess what they open to.
  const digest = createHash('sha256')
    .update(JSON.stringify(closed))
    .update(JSON.stringify(opened))
    .digest('hex')
    .slice(0, 16);
  const version = revision.every((one) => one !== undefined) && revision.length > 0 ? revision.join(',') : digest;
  const { application: name, profiles, label = null } = place;
  const body = (valueOf: (property: HandedProperty) => unknown): Buffer => {
    const propertySources = sources.map(({ name: source, properties }) => ({
      name: source,
      source: Object.fromEntries(properties.map((property) => [property.key, valueOf(property)])),
    }));
    return Buffer.from(JSON.stringify({ name, profiles, label, version, state: null, propertySources }));
  };
  const flat = new Map<string, string>();
  return {
    // Weak, because it is the same for all representations.
    tag: `W/"${digest}"`,
    plain: body(({ value }) => value),
    withOrigins: body(({ value, origin }) => ({ value, origin })),
    opened,
    flat: (format, resolves) => {
      const key = `${format} ${String(resolves)}`;
      const text =
        flat.get(key) ??
        flatText(
          sources.map(({ properties }) => properties),
          format,
          resolves,
        );
      flat.set(key, text);
      return text;
    },
  };
}

/** What is handed out, high to low. What a higher layer removes, the lower ones do not give. */
function handedOf(
  chosen: readonly ChosenView[],
  hand: (property: ServedProperty, view: ServedView) => HandedProperty | undefined,
): readonly Handed[] {
  const removed: ConfigPath[] = [];
  const layers = chosen.flatMap((one) => layersOf(one).map((layer) => ({ layer, view: one.view }))).toReversed();
  return layers.flatMap(({ layer, view }): readonly Handed[] => {
    const all = view.properties(layer);
    const kept = all.filter(({ path }) => !removed.some((above) => isWithin(path, above)));
    removed.push(...all.flatMap(({ value, path }) => (value === UNSET ? [path] : [])));
    const properties = kept.flatMap((property) => hand(property, view) ?? []);
    return properties.length === 0 ? [] : [{ name: maskCredentials(layer.name), properties }];
  });
}
