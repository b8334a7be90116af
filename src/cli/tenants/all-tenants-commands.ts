import {
  formatPath,
  parsePath,
  type ConfigPath,
  isConfigMap,
  isWithin,
  type ConfigLayer,
  type SectionNode,
} from '../../core/index.js';
import { canonicalPath } from '../../binding/index.js';
import { shownText } from '../../runtime/index.js';
import { EXIT, type Command, type CommandIo } from '../command.js';
import { compareSettings } from '../compare-settings.js';
import { reportedIssues } from '../environment-report.js';
import { jsonText, paint, textTable } from '../output-text.js';
import { leavesOfGeneration, type Leaf } from '../setting-leaves.js';
import { unusable } from '../usage-error.js';
import { lookAtAll, TENANT_OPTIONS, withTenants, type Finding } from './survey.js';

export const tenantsListCommand: Command = {
  name: 'tenants list',
  summary: 'list the tenants: identifier, state, plan, and how many settings each sets',
  words: [],
  moreWords: 'ids',
  options: TENANT_OPTIONS,
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const { schema } = survey.loaded.plan;
      const findings = await lookAtAll(survey, args.words, io, ({ facts, layers }) => {
        const { identifier, state, plan } = facts;
        return { identifier, state, plan: plan ?? null, sets: settingsIn(layers, schema).length };
      });
      if (args.flag('json'))
        io.out.write(jsonText(findings.map(({ id, found, error }) => ({ id, ...found, ...failed(error) }))));
      else
        io.out.write(
          textTable(
            findings.map(({ id, found, error }) => [id, ...(found === undefined ? [firstLine(error)] : listed(found))]),
          ),
        );
      return findings.some(({ error }) => error !== undefined) ? EXIT.invalid : EXIT.ok;
    }),
};

function listed({
  identifier,
  state,
  plan,
  sets,
}: {
  identifier: string;
  state: string;
  plan: string | null;
  sets: number;
}): readonly string[] {
  return [identifier, state, plan ?? '-', sets === 1 ? 'sets 1 setting' : `sets ${String(sets)} settings`];
}

export const tenantsValidateCommand: Command = {
  name: 'tenants validate',
  summary: 'load the settings of all tenants, or of those that are named, and report everything that is wrong',
  words: [],
  moreWords: 'ids',
  options: TENANT_OPTIONS,
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const findings = await lookAtAll(survey, args.words, io, async (tenant) => (await tenant.built()).clamps);
      const bad = findings.filter(({ error }) => error !== undefined);
      if (args.flag('json')) {
        io.out.write(
          jsonText({
            ok: bad.length === 0,
            tenants: findings.map(({ id, found = [], error }) => ({
              id,
              ok: error === undefined,
              issues: error === undefined ? [] : reportedIssues(error),
              clamps: found.map(({ path }) => path),
            })),
          }),
        );
      } else {
        for (const { id, error } of bad) io.out.write(`${paint(io.out, 'red', id)}: ${error?.message ?? ''}\n`);
        const all =
          findings.length === 1 ? 'The one tenant is valid.' : `All ${String(findings.length)} tenants are valid.`;
        io.out.write(
          bad.length === 0
            ? `${all}\n`
            : `${String(bad.length)} of ${String(findings.length)} tenants are not valid.\n`,
        );
      }
      return bad.length === 0 ? EXIT.ok : EXIT.invalid;
    }),
};

export const tenantsWhoOverridesCommand: Command = {
  name: 'tenants who-overrides',
  summary: 'name the tenants that set a setting, or something of a group, to what, and where',
  words: ['path'],
  options: TENANT_OPTIONS,
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const { schema } = survey.loaded.plan;
      const asked = pathOf(args.words[0] ?? '', (path) => canonicalPath(schema, path));
      const findings = await lookAtAll(survey, [], io, async (tenant) => {
        const own = settingsIn(tenant.layers, schema).filter((path) => touches(path, asked));
        if (own.length === 0) return [];
        const leaves = leavesOfGeneration((await tenant.built()).generation);
        return [...leaves].filter(([path]) => own.some((each) => touches(parsePath(path), each))).map(overriding);
      });
      return report(findings, args.flag('json'), io, `No tenant sets ${formatPath(asked)}.`, EXIT.ok);
    }),
};

export const tenantsUnusedCommand: Command = {
  name: 'tenants unused',
  summary: 'name what tenants set to the value that they would have without it',
  words: [],
  moreWords: 'ids',
  options: TENANT_OPTIONS,
  exitCodes: [
    '0  there is nothing of the kind',
    '1  there is, or a tenant is not valid',
    '2  the command line cannot be understood',
  ],
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const { schema } = survey.loaded.plan;
      const findings = await lookAtAll(survey, args.words, io, async (tenant) => {
        const own = settingsIn(tenant.layers, schema);
        const after = leavesOfGeneration((await tenant.built()).generation);
        const { differences, notCompared } = compareSettings(leavesOfGeneration(await tenant.below()), after);
        const moved = [...differences.map(({ path }) => path), ...notCompared].map((path) => parsePath(path));
        const unused = own.filter((path) => !moved.some((other) => touches(path, other)));
        return [...after].filter(([path]) => unused.some((each) => touches(parsePath(path), each))).map(overriding);
      });
      return report(findings, args.flag('json'), io, 'Every setting of a tenant makes a difference.', EXIT.found);
    }),
};

interface Override {
  readonly path: string;
  readonly value: unknown;
  readonly from: string | null;
}

function overriding([path, { value, from }]: readonly [string, Leaf]): Override {
  return { path, value, from: from ?? null };
}

function report(
  findings: readonly Finding<readonly Override[]>[],
  json: boolean,
  io: CommandIo,
  nothing: string,
  whenFound: typeof EXIT.ok | typeof EXIT.found,
): typeof EXIT.ok | typeof EXIT.found {
  const bad = findings.filter(({ error }) => error !== undefined);
  const rows = findings.flatMap(({ id, found = [] }) => found.map((each) => ({ tenant: id, ...each })));
  if (json) io.out.write(jsonText({ overrides: rows, failed: bad.map(({ id, error }) => ({ id, ...failed(error) })) }));
  else {
    io.out.write(
      rows.length === 0
        ? `${nothing}\n`
        : textTable(rows.map(({ tenant, path, value, from }) => [tenant, `${path}: ${shownText(value)}`, from ?? ''])),
    );
    for (const { id, error } of bad) io.error.write(`${paint(io.error, 'red', id)}: ${firstLine(error)}\n`);
  }
  return bad.length > 0 ? EXIT.found : rows.length === 0 ? EXIT.ok : whenFound;
}

function pathOf(text: string, canonical: (path: ConfigPath) => ConfigPath): ConfigPath {
  try {
    return canonical(parsePath(text));
  } catch (error) {
    throw unusable(error);
  }
}

function failed(error: Finding<unknown>['error']): object {
  return error === undefined ? {} : { issues: reportedIssues(error) };
}

function firstLine(error: Finding<unknown>['error']): string {
  return error?.message.split('\n', 1)[0] ?? '';
}

/** The canonical paths of the values that layers set, each once; a list is one value, and so is an empty map. */
function settingsIn(layers: readonly ConfigLayer[], schema: SectionNode): readonly ConfigPath[] {
  const found = new Map<string, ConfigPath>();
  const visit = (value: unknown, path: ConfigPath): void => {
    if (isConfigMap(value) && Object.keys(value).length > 0) {
      for (const [key, below] of Object.entries(value)) visit(below, [...path, key]);
    } else if (path.length > 0) {
      const canonical = canonicalPath(schema, path);
      found.set(formatPath(canonical), canonical);
    }
  };
  for (const { tree } of layers) visit(tree, []);
  return [...found.values()];
}

/** True for paths of which one lies in the other. */
function touches(one: ConfigPath, other: ConfigPath): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
