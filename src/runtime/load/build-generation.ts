import { type Selectors, guardLogger, MODULES, systemClock } from '../../core/index.js';
import { bindFacts } from './bind-facts.js';
import { checkCrossRules, deprecatedIn, plainIn, unknownKeys } from './check-settings.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import { differing, seeTheSame, type GenerationFacts, factsOf, Generation, NO_VIEWS } from '../generation/index.js';
import type { LoadMeter } from './load-meter.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import { logIssues, logLoaded, logMounted, logPrecedence } from './log-load.js';
import { moduleViews, wishesIn } from './module-views.js';
import { leftOutValues, type SourceAnswer } from '../recovery/index.js';
import { openRows, resolveRows } from './resolve-rows.js';
import { byIndex, gatherRows, isSameList, issuesOf, outdatedIn, readAnswers } from '../rows/index.js';

/** The inputs of a generation besides the answers of the sources. */
export interface BuildRequest {
  readonly options: LoadOptions;
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  /** True when the keys of `plan.secrets` are others than those that the previous generation was opened with. */
  readonly keysMoved: boolean;
  /** Gives up the reading of files that references name. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for which a changed one of those must have been still; 500 when absent. */
  readonly settle?: number | undefined;
  /** The generation to start from: what has not changed since is taken over from it, not made again. */
  readonly previous?: Generation;
  /** The number of the generation to be; default one more than that of the previous one. */
  readonly number?: number;
  /** Absent where nothing is measured. */
  readonly meter?: LoadMeter | undefined;
  /** When the load began, by the clock's monotonic time. */
  readonly started: number;
}

/**
 * Merges the sources' answers, resolves references, and makes every section: a whole generation, or an error with all
 * issues. From a previous generation, which is only read, the work is in proportion to what has changed; when no value has,
 * the answer has its number and its instances, and differs only in the origins of values. The page to read first.
 *
 * @param answers one for each source, low to high; a layer that is the same object as in the previous generation is
 *   unchanged
 * @throws ConfigError `invalid-settings` with all issues.
 */
export async function buildGeneration(answers: readonly SourceAnswer[], request: BuildRequest): Promise<Generation> {
  const { options, previous, plan, selectors, keysMoved, signal, settle, meter, started } = request;
  const { clock = systemClock, rules = [], env = process.env, fileRoots } = options;
  const before = previous && factsOf(previous);

  meter?.begin('merge');
  const { readings, moved } = readAnswers(plan.templates, answers, plan, before?.readings);
  const merged = gatherRows(plan.segments, moved, before?.wanted);
  const { touched } = merged;
  const leftOut = readings.some(({ isStandIn }) => isStandIn) ? leftOutValues(merged.rows) : [];
  const opened = openRows(merged, plan, keysMoved, before?.wanted);

  meter?.begin('resolve');
  // Files of modules with them: a module's overrides are below the root, too.
  const reach = { fileRoots, signal, clock, ...(settle !== undefined && { settle }) };
  const resolved = await resolveRows(opened.rows, { touched, plan, readings, env, reach, before });
  const { referring, files } = resolved;
  const others =
    before === undefined || keysMoved ? plan.segments : [...new Set([...touched, ...referring])].sort(byIndex);

  meter?.begin('bind');
  const { number = (before?.number ?? 0) + 1 } = request;
  const { renewals } = opened;
  const bound = await bindFacts(resolved, {
    given: { number, time: clock.now(), selectors, plan, readings, referring, files, views: NO_VIEWS, renewals },
    others,
    before,
    view: { env },
    // What a module overrides is resolved in what it sees, below.
    wrongIn: (found) => [...leftOut, ...opened.issues, ...found.filter(({ path: [key] }) => key !== MODULES)],
  });
  const base = bound.facts;

  meter?.begin('check');
  const scoped = await moduleViews(base, before, { env, rules });
  const facts: GenerationFacts = { ...base, views: scoped.views };
  // What needs a restart may be read anywhere.
  const changed = facts.pins.length === 0 ? bound.replaced : differing(before?.instances ?? [], facts.instances);
  const single = [...moved.flatMap(issuesOf), ...bound.findings];
  const invalid = single.map(({ path }) => path);
  const crossed =
    rules.length === 0
      ? []
      : await checkCrossRules(rules, plan.sections, facts.instances, selectors, invalid, new Set(changed));
  const unknown = unknownKeys(moved, plan, options);
  const plain = plainIn(bound.made, plan, facts);
  const wrong = [...single, ...crossed, ...unknown.errors, ...plain.errors];
  const issues = [...(wrong.length === 0 ? [] : completeIssues(wrong, facts)), ...scoped.issues];
  const logger = options.logger && guardLogger(options.logger);
  if (logger !== undefined) {
    const aged = [...moved.flatMap(outdatedIn), ...deprecatedIn(bound.made, plan, facts)];
    const warnings = completeIssues([...unknown.warnings, ...plain.warnings, ...aged], facts);
    logIssues(logger, issues, [...warnings, ...scoped.warnings]);
    logMounted(logger, bound.made, facts);
  }
  if (issues.length > 0) throw invalidSettings(issues, selectors);

  const wishes = scoped.views.size === 0 ? base.wishes : [...base.wishes, ...wishesIn(scoped.views, base.wishes)];
  if (before !== undefined && previous !== undefined && changed.length === 0 && seeTheSame(before, facts)) {
    if (moved.length === 0 && isSameList(facts.rows, before.rows)) return previous;
    const { time, instances } = before;
    return new Generation({ ...facts, number: before.number, time, instances, wishes });
  }
  const replaced = before && { since: before.number, sections: changed };
  const generation = new Generation({ ...facts, wishes, ...(replaced && { replaced }) });
  if (logger !== undefined) {
    logPrecedence(logger, generation);
    logLoaded(logger, generation, readings, clock.monotonic() - started);
  }
  return generation;
}
