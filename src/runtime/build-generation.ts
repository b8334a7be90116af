import type { ConfigPath, Selectors } from '../core/index.js';
import { guardLogger, silentLogger, systemClock } from '../core/index.js';
import type { Finding } from '../binding/index.js';
import { bindSections } from '../binding/index.js';
import { changedSections, freshReadings, keepEqual, mergeAgain, mergeAll, touchedKeys } from './carry-over.js';
import { checkCrossRules } from './check-cross-rules.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import type { GenerationFacts } from './generation-facts.js';
import { factsOf, Generation } from './generation.js';
import { holdRestartFields } from './hold-restart-fields.js';
import { LayerStack } from './layer-stack.js';
import type { LoadMeter } from './load-meter.js';
import type { LoadOptions } from './load-options.js';
import type { LoadPlan } from './load-plan.js';
import { valueIn, type MergedTree } from './merged-tree.js';
import { plainIn, unknownKeys } from './policy-findings.js';
import { logIssues, logLoaded, logPrecedence } from './log-load.js';
import { leftOutValues } from './recovery/index.js';
import { rememberReplaced } from './replaced-sections.js';
import { openSecrets } from './secrets/index.js';
import { resolveReferences, type Resolved, type ResolveRequest } from './resolve-references.js';
import { withoutReferences } from './resolution.js';
import { isHidden } from './shown-value.js';
import type { SourceAnswer } from './source-answer.js';
import { readingOf, type SourceReading } from './source-reading.js';
import type { Traceable } from './trace-setting.js';

/** What a generation is built with, besides what the sources say. */
export interface BuildRequest {
  readonly options: LoadOptions;
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  /** True when the keys of `plan.secrets` are others than those that the previous generation was opened with. */
  readonly keysMoved: boolean;
  /** Gives up the reading of files that references name. */
  readonly signal: AbortSignal;
  /** The generation to start from: what has not changed since is taken over from it, not made again. */
  readonly previous?: Generation;
  /** The number of the generation to be; default one more than that of the previous one. */
  readonly number?: number;
  readonly meter: LoadMeter;
  /** When the load began, by the clock's monotonic time. */
  readonly started: number;
}

/**
 * Merges what the sources say, resolves references, and makes every section: a whole generation, or an error that names
 * everything that is wrong. From a previous generation the work is in proportion to what has changed, and when no value
 * has, the previous generation itself is the answer, and knows from then on where its values stand now. The page to read
 * first.
 *
 * @param answers one for each source, low to high; a layer that is the same object as in the previous generation's says
 *   what it said
 * @throws ConfigError `invalid-settings` with all issues.
 */
export async function buildGeneration(answers: readonly SourceAnswer[], request: BuildRequest): Promise<Generation> {
  const { options, previous, plan, selectors, keysMoved, signal, meter, started } = request;
  const { clock = systemClock } = options;
  const before = previous && factsOf(previous);
  const logger = guardLogger(options.logger ?? silentLogger);
  meter.begin('merge');
  const readings = readingsOf(answers, plan, before);
  const fresh = freshReadings(readings, before);
  const stack = before === undefined ? LayerStack.of(readings, plan) : before.stack.after(readings, fresh, plan);
  const { layers } = stack;
  const trace: Traceable = { stack, plan };
  const touched = before && touchedKeys(before, readings, fresh);
  const merged = before && touched ? mergeAgain(before.merged, stack, plan, touched) : mergeAll(stack, plan);
  const leftOut = leftOutValues(merged, layers);
  const opened = openSecrets(merged, {
    schema: plan.schema,
    session: plan.secrets,
    holdsSecrets: stack.holdsSecrets,
    before,
    keysMoved,
  });
  meter.begin('resolve');
  const changed = before && touched && new Set([...touched, ...opened.tree.differing(before.opened)]);
  const { resolution, issues: unresolved } = await resolve(stack, {
    tree: opened.tree,
    plan,
    trace,
    env: options.env ?? process.env,
    fileRoots: options.fileRoots,
    signal,
    ...(before && changed && { before: { resolution: before.resolution, changed } }),
  });
  const { tree: resolved, references } = resolution;
  const made = changedSections(resolved, plan, before);
  meter.begin('bind');
  const isSecret = (path: ConfigPath): boolean => isHidden({ plan, references }, path);
  const bound = await bindSections(
    made.flatMap((index) => bindRequest(resolved, plan, index)),
    selectors,
    isSecret,
    plan.gate,
  );
  const wanted = [...(before?.instances ?? [])];
  for (const [at, index] of made.entries()) wanted[index] = bound.instances[at] ?? {};
  // Only a whole generation of wishes can be told from the one in use.
  const held =
    before === undefined || bound.findings.length + opened.issues.length + unresolved.length > 0
      ? { resolved, instances: wanted, references, findings: bound.findings, wishes: [] }
      : await holdRestartFields({
          before,
          wanted: { plan, trace, references, resolved, instances: wanted },
          made,
          selectors,
          isSecret,
        });
  const instances = [...held.instances];

  meter.begin('check');
  const read = fresh.flatMap((index) => readings[index] ?? []);
  const unknown = unknownKeys(read, plan, options);
  const single = [...read.flatMap(issuesOf), ...leftOut, ...opened.issues, ...unresolved, ...held.findings];
  const crossed = await checkCrossRules(
    options.rules ?? [],
    plan.sections,
    instances,
    selectors,
    single.map(({ path }) => path),
    new Set(made),
  );
  const plain = plainIn(merged, made, plan, trace);
  const issues = completeIssues([...single, ...crossed, ...unknown.errors, ...plain.errors], trace);
  logIssues(logger, issues, completeIssues([...unknown.warnings, ...plain.warnings], trace));
  if (issues.length > 0) throw invalidSettings(issues, selectors);
  opened.renew();

  const facts: GenerationFacts = {
    number: request.number ?? (before?.number ?? 0) + 1,
    time: clock.now(),
    selectors,
    plan,
    trace,
    readings,
    stack,
    merged,
    opened: opened.tree,
    resolved: held.resolved,
    resolution,
    instances,
    references: held.references,
    wishes: held.wishes,
  };
  if (before !== undefined && previous !== undefined) {
    const replaced = keepEqual(before, facts, instances, made);
    if (replaced.length === 0) {
      previous.refresh(facts);
      return previous;
    }
    rememberReplaced(before.instances, instances, replaced);
  }
  const generation = new Generation(facts);
  logPrecedence(logger, generation);
  logLoaded(logger, generation, layers, clock.monotonic() - started);
  return generation;
}

function readingsOf(
  answers: readonly SourceAnswer[],
  { schema }: LoadPlan,
  before: GenerationFacts | undefined,
): readonly SourceReading[] {
  return answers.map((layers, index) => {
    const known = before?.readings[index];
    return known?.layers === layers ? known : readingOf(layers, schema, known);
  });
}

async function resolve(stack: LayerStack, request: ResolveRequest): Promise<Resolved> {
  if (!stack.holdsReferences) return { resolution: withoutReferences(request.tree), issues: [] };
  return resolveReferences(request);
}

function bindRequest(tree: MergedTree, plan: LoadPlan, index: number): Parameters<typeof bindSections>[0] {
  const section = plan.sections[index];
  if (section === undefined) return [];
  const { path } = section.entry;
  return [{ plan: section.plan, path, raw: valueIn(tree, path) }];
}

function issuesOf({ normalised }: SourceReading): readonly Finding[] {
  return normalised.flatMap(({ issues }) => issues);
}
