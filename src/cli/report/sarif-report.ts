import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigOrigin, OriginKind } from '../../core/index.js';
import type { ReportedFinding, ValidationReport } from './validation-report.js';

export function sarifReport(report: ValidationReport, folder: string, version: string): object {
  const root = repositoryAround(folder);
  const unused = (report.unused ?? []).map((file) => ({
    ruleId: 'unused-file',
    level: 'note',
    message: { text: 'No environment and no region reads this file.' },
    locations: [{ physicalLocation: { artifactLocation: artifact(file, folder, root) } }],
  }));
  const results = report.findings.map((finding) => resultOf(finding, report, folder, root));
  const ids = [...new Set([...results, ...unused].map(({ ruleId }) => ruleId))];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'uno-config', version, rules: ids.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: [...results, ...unused].map((result) => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
      },
    ],
  };
}

function resultOf(finding: ReportedFinding, { file, places }: ValidationReport, folder: string, root: string) {
  const { code, level, path, message, hint, origin, related, where } = finding;
  const names = where.map(({ place, tenant }) => {
    const { environment, region } = places[place] ?? { environment: '', region: null };
    return [environment, region, tenant].filter((name) => name !== null).join(', ');
  });
  const what = path === '' ? message : `${path}: ${message}`;
  const shown =
    names.length > MOST_NAMED
      ? [...names.slice(0, MOST_NAMED), `and ${String(names.length - MOST_NAMED)} more`]
      : names;
  return {
    ruleId: code,
    level,
    message: { text: [`${what}.`, hint ?? '', `In ${shown.join('; ')}.`].filter((text) => text !== '').join(' ') },
    // What comes from no file is shown at the configuration file: code review takes nothing without a place.
    locations: [
      placed(origin, folder, root) ?? { physicalLocation: { artifactLocation: artifact(file, folder, root) } },
    ].map((location) => ({ ...location, ...(path !== '' && { logicalLocations: [{ fullyQualifiedName: path }] }) })),
    relatedLocations: related.flatMap((other) => placed(other, folder, root) ?? []),
    partialFingerprints: { 'unoConfig/v1': [code, path, origin?.source ?? ''].join('\n') },
  };
}

const MOST_NAMED = 5;

const FILES: ReadonlySet<OriginKind> = new Set<OriginKind>(['file', 'env-file', 'directory']);

function placed(origin: ConfigOrigin | null, folder: string, root: string) {
  if (origin === null || !FILES.has(origin.kind)) return undefined;
  const { source, line, column } = origin;
  const region =
    line === undefined ? {} : { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } };
  return { physicalLocation: { artifactLocation: artifact(source, folder, root), ...region } };
}

/** A file as code review names it: from the root of the repository. */
function artifact(file: string, folder: string, root: string): object {
  const path = resolve(folder, file);
  const inside = relative(root, path);
  if (inside.startsWith('..') || isAbsolute(inside)) return { uri: pathToFileURL(path).href };
  return { uri: inside.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

function repositoryAround(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}
