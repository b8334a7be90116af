import type { ConfigIssue, ConfigPath } from '../core/index.js';
import { ConfigError, formatPath, type Selectors } from '../core/index.js';
import type { Finding } from '../binding/index.js';
import type { Traceable } from './trace-setting.js';
import { originOf, winningLayer } from './trace-setting.js';

/** Gives findings their origin and the way out in the spelling of the source they came from. */
export function completeIssues(findings: readonly Finding[], from: Traceable): readonly ConfigIssue[] {
  return findings.map((finding) => completeIssue(finding, from));
}

function completeIssue(finding: Finding, from: Traceable): ConfigIssue {
  const { code, path, message } = finding;
  const origin = finding.origin ?? originOf(from, path);
  const hint = finding.hint ?? hintFor(finding, from);
  return { code, path, message, ...(origin !== undefined && { origin }), ...(hint !== undefined && { hint }) };
}

function hintFor({ code, path, nearest }: Finding, from: Traceable): string | undefined {
  if (nearest !== undefined) return `Did you mean ${spelledLike(path, nearest, from)}?`;
  if (code === 'unknown-key') return 'Remove it, declare it in a settings class, or list it under foreignKeys.';
  if (code === 'missing' || code === 'required') return `Set ${waysToSet(path, from).join(' or ')}.`;
  return undefined;
}

/** The legal key as the source of the wrong one would spell it. */
function spelledLike(wrong: ConfigPath, right: ConfigPath, from: Traceable): string {
  const normalised = winningLayer(from, wrong);
  if (normalised?.layer.spell !== undefined) return normalised.layer.spell(right);
  return formatPath(right);
}

/** How each kind of source would set the path; the one that wins first, at most three. */
function waysToSet(path: ConfigPath, from: Traceable): readonly string[] {
  const ways = new Set<string>();
  const files: string[] = [];
  for (const { layer } of from.layers.toReversed()) {
    if (layer.spell !== undefined) ways.add(`${layer.spell(path)} (${layer.name})`);
    else if (files.length === 0) files.push(`${formatPath(path)} (${layer.name})`);
  }
  const all = [...files, ...ways];
  return all.length === 0 ? [formatPath(path)] : all.slice(0, 3);
}

/** One error for everything that is wrong. */
export function invalidSettings(issues: readonly ConfigIssue[], selectors: Selectors): ConfigError {
  const count = issues.length === 1 ? '1 setting is' : `${String(issues.length)} settings are`;
  const { environment, region, deployment } = selectors;
  const where = [environment, region, deployment].filter((selector) => selector !== undefined).join(', ');
  const onlyRules = issues.every(({ code }) => code === 'constraint' || code.startsWith('rule'));
  const onlyReferences = issues.every(({ code }) => code.includes('reference'));
  return new ConfigError({
    code: 'invalid-settings',
    category: onlyRules ? 'validation' : onlyReferences ? 'reference' : 'binding',
    message: `${count} not valid (${where}):`,
    issues,
  });
}
