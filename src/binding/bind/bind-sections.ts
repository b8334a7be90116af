import { type ConfigMap, type ConfigPath, type SecretGate, type Selectors, isConfigMap } from '../../core/index.js';
import type { BindContext, BoundBefore, Finding, Place } from './bind-context.js';
import { pathOf, placeOf } from './bind-context.js';
import { bindAgain, bindSection } from './bind-section.js';
import { checkRules } from './check-rules.js';
import type { SectionPlan } from '../plan/index.js';
import { wordRefusals } from './word-refusals.js';

/** One section to be made. */
export interface SectionRequest {
  readonly plan: SectionPlan;
  readonly path: ConfigPath;
  /** What the merged tree holds at the path; `undefined` when nothing. It may be put together when it is asked for. */
  readonly raw: unknown;
  /** The instance that was made of the section before, and from what: parts whose raw values are the same are taken over. */
  readonly before?: BoundBefore | undefined;
}

/** The instances in the order of the requests; to be used only when there are no findings. */
export interface Bound {
  readonly instances: readonly object[];
  readonly findings: readonly Finding[];
}

/**
 * Makes all sections, checks them and freezes them. Everything that is wrong with any of them is found. Waits only for
 * asynchronous validators and rules, and for class-validator's words when something was refused.
 */
export async function bindSections(
  requests: readonly SectionRequest[],
  selectors: Selectors,
  isSecret: (path: ConfigPath) => boolean,
  guarded: { readonly gate: SecretGate },
): Promise<Bound> {
  const found = { findings: [], refused: [], pending: [], ruled: [], absent: new Set<SectionPlan['target']>() };
  const context: BindContext = { selectors, isSecret, guarded, bindSection, ...found };
  const instances = requests.map((request) => bindRequest(request, context));
  if (context.pending.length > 0) await Promise.all(context.pending);
  if (context.refused.length > 0) await wordRefusals(context);
  if (context.ruled.length > 0) await checkRules(context);
  return { instances, findings: context.findings };
}

function bindRequest(request: SectionRequest, context: BindContext): object {
  const { plan, path } = request;
  const place = placeOf(path);
  if (request.before === undefined) return bindSection(plan, rawSection(request.raw, place, context), place, context);
  return bindAgain(plan, () => rawSection(request.raw, place, context), place, context, request.before);
}

function rawSection(raw: unknown, place: Place, context: BindContext): ConfigMap {
  if (isConfigMap(raw)) return raw;
  if (raw !== undefined && raw !== null) {
    const shape = Array.isArray(raw) ? 'a list' : `a single value`;
    context.findings.push({
      code: 'not-a-section',
      path: pathOf(place),
      message: `must be a map of settings, got ${shape}`,
    });
  }
  return {};
}
