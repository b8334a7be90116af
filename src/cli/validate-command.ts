import { extname } from 'node:path';
import { ConfigError, type Environment } from '../core/index.js';
import { describeFully } from '../runtime/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { reportedIssues, type EnvironmentReport } from './environment-report.js';
import {
  environmentsToCheck,
  loadDefinition,
  closeSources,
  loadEnvironment,
  selected,
  type LoadedDefinition,
  type Selected,
} from './load-definition.js';
import { jsonText, paint, printableLines } from './output-text.js';
import { undeclaredSecretsFrom } from './scan/index.js';
import { htmlReport, sarifReport, surveyed, type ValidationReport } from './report/index.js';
import { UsageError } from './usage-error.js';
import { writeWhole } from './write-file.js';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'load the settings of every environment and report everything that is wrong',
  words: [],
  options: {
    ...SELECTORS,
    env: { ...SELECTORS.env, description: 'check only this environment' },
    all: { type: 'boolean', description: 'check all environments, even if the configuration file names fewer' },
    'all-environments': { type: 'boolean', description: 'the same as --all' },
    report: {
      type: 'string',
      value: 'file',
      description:
        'write a report of every environment, region and tenant: .html, .json or .sarif; may be written several times',
    },
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  run: validate,
};

async function validate(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const all = args.flag('all') || args.flag('all-environments');
  if (all && args.text('env') !== undefined) {
    throw new UsageError('--all and --env contradict each other.', 'Write one of them.');
  }
  const loaded = await loadDefinition(args, io);
  const selectors = selected(args, loaded.plan.environments);
  const json = args.flag('json');
  const files = args.list('report').map((file) => [file, reportForm(file)] as const);
  const reports: EnvironmentReport[] = [];
  let worst: ExitCode = EXIT.ok;
  try {
    // One after the other: sources need not be able to load several times at once.
    const environments = environmentsToCheck(selectors, loaded, all);
    if (files.length > 0) {
      const surveyedAll = await surveyed(loaded, selectors, environments, io);
      for (const [file, form] of files) {
        await writeWhole(io.folder, file, form(surveyedAll, io));
        if (!json) io.out.write(`wrote ${file}\n`);
      }
      const bad = surveyedAll.places.flatMap(({ tenants }) => Object.values(tenants)).filter((ok) => !ok).length;
      if (!json && bad > 0) io.out.write(`${paint(io.out, 'red', 'tenants')}: ${String(bad)} times not valid.\n`);
      worst = surveyedAll.ok ? EXIT.ok : EXIT.invalid;
    }
    for (const environment of environments) {
      const { report, text } = await check(loaded, { ...selectors, environment });
      reports.push(report);
      if (!json) io.out.write(`${paint(io.out, report.ok ? 'green' : 'red', environment)}: ${printableLines(text)}\n`);
    }
  } finally {
    await closeSources(loaded.definition.sources);
  }
  const undeclared = await undeclaredSecretsFrom(loaded.file, io.folder);
  if (!json) {
    for (const { file, line, column, what } of undeclared) {
      io.out.write(`${paint(io.out, 'red', `${file}:${String(line)}:${String(column)}`)}: ${what}\n`);
    }
  }
  const ok = undeclared.length === 0 && reports.every((report) => report.ok);
  if (json) io.out.write(jsonText({ ok, environments: reports, ...(undeclared.length > 0 && { undeclared }) }));
  return ok ? worst : EXIT.invalid;
}

type ReportForm = (report: ValidationReport, io: CommandIo) => string;

/** By the end of the file's name. */
const REPORT_FORMS: Readonly<Record<string, ReportForm>> = {
  '.html': htmlReport,
  '.json': (report) => jsonText(report),
  '.sarif': (report, { folder, version }) => jsonText(sarifReport(report, folder, version)),
};

function reportForm(file: string): ReportForm {
  const form = REPORT_FORMS[extname(file).toLowerCase()];
  if (form !== undefined) return form;
  throw new UsageError(
    `--report ${file} is no form of a report.`,
    `Write a file that ends in ${Object.keys(REPORT_FORMS).join(', ')}.`,
  );
}

interface Checked {
  readonly report: EnvironmentReport;
  readonly text: string;
}

async function check(
  loaded: LoadedDefinition,
  selectors: Selected & { readonly environment: Environment },
): Promise<Checked> {
  const { environment } = selectors;
  try {
    const generation = await loadEnvironment(loaded, selectors);
    const count = describeFully(generation).length;
    const text = count === 1 ? 'the one setting is valid.' : `all ${String(count)} settings are valid.`;
    return { report: { environment, ok: true, issues: [] }, text };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { report: { environment, ok: false, issues: reportedIssues(error) }, text: error.message };
  }
}
