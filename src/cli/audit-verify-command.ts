import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { verifyAudit, type AuditReport, type AuditFinding, type AuditFindingKind } from '../security/index.js';
import { formats } from './common-options.js';
import {
  EXIT,
  type Command,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
  type TextOutput,
} from './command.js';
import { jsonText, printable, paint } from './output-text.js';
import { unusable, UsageError } from './usage-error.js';
import { wholeNumber } from './whole-number.js';

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'verify that an audit log is unchanged, and report each change',
  words: ['log'],
  options: {
    key: { type: 'string', value: 'file', description: 'the public Ed25519 key of the checkpoints, in PEM' },
    checkpoints: {
      type: 'string',
      value: 'file',
      description: 'checkpoints of this log that were exported, one in a line',
    },
    from: { type: 'string', value: 'number', description: 'the number of the first event; default: 1' },
    ...formats(['text', 'json']),
  },
  exitCodes: [
    '0  the log is as it was written; half a line at its end is no change',
    '1  it has been changed',
    '2  the command line cannot be understood, or the log or the key cannot be read',
  ],
  run: verify,
};

async function verify(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [log = ''] = args.words;
  const [key, checkpoints, from] = [args.text('key'), args.text('checkpoints'), args.text('from')];
  const report = await verified(resolve(io.folder, log), {
    ...(key !== undefined && { publicKey: await keyText(key, io.folder) }),
    ...(checkpoints !== undefined && { checkpointFiles: [resolve(io.folder, checkpoints)] }),
    ...(from !== undefined && { from: wholeNumber('--from', from, 1) }),
  });
  const shown = relativeTo(io.folder, report);
  io.out.write(args.flag('json') ? jsonText(shown) : auditReportText(log, shown, io.out));
  return report.ok ? EXIT.ok : EXIT.changed;
}

async function verified(...[path, options]: Parameters<typeof verifyAudit>): Promise<AuditReport> {
  try {
    return await verifyAudit(path, options);
  } catch (error) {
    throw error instanceof TypeError && error.message.startsWith('verifyAudit: publicKey ')
      ? new UsageError(
          '--key: the file holds no Ed25519 key in PEM.',
          'Write it with openssl pkey -in key.pem -pubout.',
        )
      : unusable(error);
  }
}

async function keyText(file: string, folder: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(resolve(folder, file), 'utf8');
  } catch {
    throw new UsageError(`--key: ${file} cannot be read.`, `It was looked for at ${resolve(folder, file)}.`);
  }
  // It would do, but who only checks a log should not hold what can forge it.
  if (text.includes('PRIVATE KEY-----')) {
    throw new UsageError(
      `--key: ${file} holds a private key; the public one is wanted.`,
      `Write it with openssl pkey -in ${file} -pubout, and keep the private one where the log is written.`,
    );
  }
  return text;
}

/** With files as the user would write them. */
function relativeTo(folder: string, report: AuditReport): AuditReport {
  const findings = report.findings.map((finding) => ({ ...finding, file: relative(folder, finding.file) }));
  const { torn } = report;
  return { ...report, findings, ...(torn !== undefined && { torn: { ...torn, file: relative(folder, torn.file) } }) };
}

function auditReportText(log: string, report: AuditReport, output: TextOutput): string {
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
