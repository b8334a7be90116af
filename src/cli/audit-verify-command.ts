import { formats } from './common-options.js';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { verifyAudit, type AuditReport } from '../security/index.js';
import { auditReportText } from './audit-report-text.js';
import type { Command } from './command.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { EXIT_CHANGED, EXIT_OK, type ExitCode } from './exit-code.js';
import { jsonText } from './json-text.js';
import { unusable } from './unusable.js';
import { UsageError } from './usage-error.js';
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
  return report.ok ? EXIT_OK : EXIT_CHANGED;
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
