import type { AuditFinding, AuditFindingKind, AuditReport } from '../security/index.js';
import { printable } from './change-text.js';
import type { TextOutput } from './command-io.js';
import { paint } from './paint.js';

export function auditReportText(log: string, report: AuditReport, output: TextOutput): string {
  const { ok, lines, findings, findingCount } = report;
  const events = lines === 1 ? '1 event' : `${String(lines)} events`;
  const places = findingCount === 1 ? '1 change' : `${String(findingCount)} changes`;
  const head = ok
    ? `${printable(log)}: ${paint(output, 'green', 'as it was written')}, ${events}.`
    : `${printable(log)}: ${paint(output, 'red', places)}, ${events}.`;
  const more = findingCount - findings.length;
  return [
    head,
    ...findings.map(findingText),
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
    ...tornText(report),
    checkpointText(report),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const MEANINGS: Readonly<Record<AuditFindingKind, (finding: AuditFinding) => string>> = {
  edited: ({ seq }) => `event ${String(seq)} was edited`,
  inserted: ({ count }) => (count === 1 ? 'a line was inserted' : `${String(count)} lines were inserted`),
  deleted: (finding) => `${eventsText(finding)} deleted`,
  truncated: (finding) => `${eventsText(finding)} cut off at the end, according to a checkpoint`,
  swapped: ({ seq, other = 0 }) => `event ${String(seq)} was swapped with the line at index ${String(other)}`,
  rewritten: (finding) => `${eventsText(finding)} rewritten, at least one of them, according to a checkpoint`,
  'forged-checkpoint': () => 'this checkpoint is not signed by the key',
  'conflicting-checkpoint': ({ seq }) => `this checkpoint records another event ${String(seq)} than one before it`,
  'other-log': (finding) => otherLogText(finding),
};

function findingText(finding: AuditFinding): string {
  const { kind, index, file, line } = finding;
  return `  index ${String(index)}: ${MEANINGS[kind](finding)} (${printable(file)}:${String(line)})`;
}

/** The name is what a program has called itself. */
function otherLogText({ count, seq, instance = '' }: AuditFinding): string {
  const are = count === 1 ? '1 checkpoint is' : `${String(count)} checkpoints are`;
  return `${are} of another log, that of ${printable(instance)} up to event ${String(seq)}`;
}

function eventsText({ seq, count }: AuditFinding): string {
  return count === 1 ? `event ${String(seq)} was` : `events ${String(seq)} to ${String(seq + count - 1)} were`;
}

function tornText({ torn }: AuditReport): readonly string[] {
  if (torn === undefined) return [];
  const bytes = `${String(torn.bytes)} bytes`;
  return [
    `Half a line, ${bytes}, ends ${printable(torn.file)}: its process was killed, or is writing it. It is no event.`,
  ];
}

function checkpointText({ checkpoints: { count, signed, vouchedSeq } }: AuditReport): string {
  if (count === 0) return 'There are no checkpoints, so missing events at the end cannot be detected.';
  const checkpoints = count === 1 ? '1 checkpoint vouches' : `${String(count)} checkpoints vouch`;
  return signed
    ? `${checkpoints} for ${vouchedSeq === 0 ? 'no event' : `the events up to ${String(vouchedSeq)}`}.`
    : `${checkpoints} for nothing: the signatures were not checked, for that takes --key <file>.`;
}
