import { parsePath, type ConfigPath } from '../../core/index.js';
import { canonicalPath } from '../../binding/index.js';
import type { SectionEntry } from '../plan/index.js';
import { rowOf, segmentAt, segmentsOf, wholeOf, type Row, type Segment } from '../rows/index.js';
import type { GenerationFacts } from './generation-facts.js';

/**
 * The sources, by their places, that provide settings to some sections, in whatever module or component: those with keys of a section, of what lies in its fields, and of what references and `$extends` bring in from elsewhere.
 */
export function sourcesOf(facts: GenerationFacts, isAsked: (entry: SectionEntry) => boolean): readonly number[] {
  const { plan, views } = facts;
  const sources = new Set<number>();
  const visit = (segment: Segment, rows: GenerationFacts['wanted'], seen: Set<Segment>): void => {
    if (seen.has(segment)) return;
    seen.add(segment);
    const row = rowOf(rows, segment);
    for (const { seat } of row.parts) sources.add(seat.source);
    for (const path of readsOf(row)) {
      const at = canonicalPath(plan.schema, path);
      const target = segmentAt(plan.root, at);
      // A reference to a whole map brings in the sections below it as well.
      const isWhole = target.path.length === at.length;
      for (const each of isWhole ? wholeOf(target) : [target]) visit(each, rows, seen);
    }
  };
  for (const { wanted } of [facts, ...views.values()]) {
    const seen = new Set<Segment>();
    for (const [index, { entry }] of plan.sections.entries()) {
      const placed = plan.placed[index];
      if (!isAsked(entry) || placed === undefined) continue;
      for (const segment of segmentsOf(placed)) visit(segment, wanted, seen);
    }
  }
  // Before the sources come the defaults.
  return [...sources]
    .filter((source) => source > 0)
    .map((source) => source - 1)
    .sort((one, other) => one - other);
}

function readsOf({ formulas }: Row): readonly ConfigPath[] {
  const reads = [...formulas.values()].flatMap((formula) => formula.reads);
  return reads.flatMap((read) => (read.kind === 'path' ? [parsePath(read.name)] : []));
}
