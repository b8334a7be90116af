import type { ConfigLayer, ConfigMap, ConfigPath, Interpolation, LoadContext } from '../core/index.js';
import { createLayer, guardLogger, isWithin, mergeTrees, silentLogger, systemClock, valueAt } from '../core/index.js';
import type { Finding, NormalisedLayer } from '../binding/index.js';
import { bindSections, normaliseLayer } from '../binding/index.js';
import { checkCrossRules } from './check-cross-rules.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import { Generation } from './generation.js';
import type { LoadOptions } from './load-options.js';
import type { LoadPlan } from './load-plan.js';
import { planLoad, selectorsOf } from './load-plan.js';
import { logIssues, logLoaded, logPrecedence } from './log-load.js';
import { readSources } from './read-sources.js';
import { resolveReferences } from './resolve-references.js';
import { isHidden } from './shown-value.js';
import type { Traceable } from './trace-setting.js';

/** What a load needs besides the options. */
export interface LoadRequest {
  /** Worked out from the same options before; saves doing it again. */
  readonly plan?: LoadPlan;
  /** True when keys outside the sections belong to somebody else. */
  readonly open?: boolean;
  /** The number of the generation to be; default 1. */
  readonly number?: number;
}

/**
 * Reads all sources, merges their layers, resolves references, and makes every section: a whole generation, or an error
 * that names everything that is wrong. The page to read first.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 */
export async function loadGeneration(options: LoadOptions, request: LoadRequest = {}): Promise<Generation> {
  const { clock = systemClock } = options;
  const plan = request.plan ?? planLoad(options, request.open ?? false);
  const selectors = selectorsOf(options);
  const logger = guardLogger(options.logger ?? silentLogger);
  const signal = options.signal ?? new AbortController().signal;
  const context: LoadContext = { ...selectors, schema: plan.schema, signal, logger };
  const started = clock.monotonic();

  const read = await readSources(options.sources, { context, timeout: plan.timeout, clock });
  const layers = [...defaultLayers(plan), ...read.flat()].map((layer) => normaliseLayer(layer, plan.schema));
  const trace: Traceable = { layers, plan };
  const merged = mergeLayers(layers, plan);
  const resolved = await resolve(merged, layers, plan, trace, options, signal);
  const unknown = unknownKeys(layers, plan, options);
  const bound = await bindSections(
    plan.sections.map(({ entry, plan: section }) => ({
      plan: section,
      path: entry.path,
      raw: valueAt(resolved.tree, entry.path),
    })),
    selectors,
    (path) => isHidden({ plan, tainted: resolved.tainted }, path),
  );
  const before = [...layers.flatMap(({ issues }) => issues), ...resolved.issues, ...bound.findings];
  const crossed = await checkCrossRules(
    options.rules ?? [],
    plan.sections,
    bound.instances,
    selectors,
    before.map(({ path }) => path),
  );

  const issues = completeIssues([...before, ...crossed, ...unknown.errors], trace);
  logIssues(logger, issues, completeIssues(unknown.warnings, trace));
  if (issues.length > 0) throw invalidSettings(issues, selectors);
  const generation = new Generation({
    number: request.number ?? 1,
    time: clock.now(),
    selectors,
    plan,
    trace,
    instances: bound.instances,
    references: resolved.references,
    tainted: resolved.tainted,
  });
  logPrecedence(logger, generation);
  logLoaded(logger, generation, layers, clock.monotonic() - started);
  return generation;
}

/** Initialisers may hold references; those are the lowest layer of the merge, the others stay in the instances. */
function defaultLayers(plan: LoadPlan): readonly ConfigLayer[] {
  if (plan.defaultTemplates === undefined) return [];
  return [createLayer({ name: 'default', kind: 'default', tree: plan.defaultTemplates })];
}

function mergeLayers(layers: readonly NormalisedLayer[], plan: LoadPlan): ConfigMap {
  const holdsUnset = layers.some((layer) => layer.holdsUnset);
  return mergeTrees(
    layers.map(({ tree }) => tree),
    plan.schema,
    holdsUnset,
  );
}

async function resolve(
  tree: ConfigMap,
  layers: readonly NormalisedLayer[],
  plan: LoadPlan,
  trace: Traceable,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<Interpolation> {
  if (!layers.some(({ holdsReferences }) => holdsReferences)) {
    return { tree, references: new Map(), tainted: new Set(), issues: [] };
  }
  const reach = { env: options.env ?? process.env, fileRoots: options.fileRoots, signal };
  return resolveReferences(tree, plan, trace, reach);
}

function unknownKeys(
  layers: readonly NormalisedLayer[],
  plan: LoadPlan,
  { unknownKeys: policy = 'error' }: LoadOptions,
): { readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] } {
  if (policy === 'ignore') return { errors: [], warnings: [] };
  const found = layers
    .flatMap((layer) => layer.unknownKeys)
    .filter(({ path }) => !isToolKey(path) && !plan.foreign.some((foreign) => isWithin(path, foreign)));
  return policy === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** `$schema` at the root tells an editor what the file looks like. */
function isToolKey(path: ConfigPath): boolean {
  return path.length === 1 && path[0] === '$schema';
}
