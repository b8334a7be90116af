import type { ConfigModule, ConfigModuleOptions, ModuleResource } from '../container/index.js';
import { silentLogger } from '../core/index.js';
import { printable, jsonText, textTable } from './output-text.js';
import {
  EXIT,
  type Command,
  type CommandOptions,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
} from './command.js';
import { CONFIG_FILE, formats, SELECTORS } from './common-options.js';
import { loadDefinition, selected } from './load-definition.js';
import { optionMistake, UsageError } from './usage-error.js';

/** One projection, as the health of projections has it; the floor of factories is above nothing here. */
interface ListedProjection {
  readonly name: string;
  readonly version?: number;
  readonly mode: string;
  readonly state: string;
  readonly isRebuilding: boolean;
  readonly behind: number;
  readonly lag: number;
  readonly parked: number;
  readonly problem?: string;
}

/** What is asked of projections. */
interface CommandedProjections {
  health(): Promise<{ readonly problem?: string; readonly projections: readonly ListedProjection[] }>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  rebuild(name: string): Promise<void>;
  forget(name: string): Promise<boolean>;
}

/** A definition of projections: it has a twin that takes commands, and projects nothing. */
interface ProjectionsResource extends ModuleResource {
  idle(): ModuleResource;
}

const OPTIONS: CommandOptions = { ...SELECTORS, ...formats(['text', 'json']), ...CONFIG_FILE };

export const projectionsListCommand: Command = {
  name: 'projections list',
  summary: 'list the projections: version, mode, state, and how far each is behind',
  words: [],
  options: OPTIONS,
  run: (args, io) =>
    withProjections(args, io, async (all) => {
      const listed = await healthOf(all);
      if (args.flag('json')) io.out.write(jsonText(listed));
      else io.out.write(textTable(listed.map((one) => [...stateOf(one), ...lagOf(one), one.problem ?? ''])));
      return EXIT.ok;
    }),
};

export const projectionsLagCommand: Command = {
  name: 'projections lag',
  summary: 'print how far the projections are behind, and fail when one is behind its limits, stopped or outdated',
  words: [],
  options: OPTIONS,
  exitCodes: ['0  all are within their limits', '1  one is not', '2  the command line cannot be understood'],
  run: (args, io) =>
    withProjections(args, io, async (all) => {
      const listed = await healthOf(all);
      if (args.flag('json')) {
        io.out.write(
          jsonText(listed.map(({ name, behind, lag, problem }) => ({ name, behind, lag, problem: problem ?? null }))),
        );
      } else io.out.write(textTable(listed.map((one) => [one.name, ...lagOf(one), one.problem ?? ''])));
      return listed.some(({ problem }) => problem !== undefined) ? EXIT.found : EXIT.ok;
    }),
};

export const projectionsPauseCommand = change(
  'pause',
  'let the events of a projection wait, in all processes',
  'is paused',
);
export const projectionsResumeCommand = change('resume', 'end a pause, and begin one anew that was stopped', 'goes on');
export const projectionsRebuildCommand = change(
  'rebuild',
  'build a projection anew beside its tables, by the processes that project',
  'is to be rebuilt',
);

export const projectionsForgetCommand: Command = {
  name: 'projections forget',
  summary: 'forget a projection that no program lists any more; its tables stay',
  words: ['name'],
  options: OPTIONS,
  run: (args, io) =>
    withProjections(args, io, async (all) => {
      const [name = ''] = args.words;
      const forgotten = await Promise.all(all.map(async (one) => one.forget(name)));
      if (!forgotten.includes(true)) throw new UsageError(`No projection ${JSON.stringify(name)} is known.`);
      return done(args, io, name, 'is forgotten');
    }),
};

function change(verb: 'pause' | 'resume' | 'rebuild', summary: string, then: string): Command {
  return {
    name: `projections ${verb}`,
    summary,
    words: ['name'],
    options: OPTIONS,
    run: (args, io) =>
      withProjections(args, io, async (all) => {
        const [name = ''] = args.words;
        const known: string[] = [];
        for (const one of all) {
          const names = (await one.health()).projections.map((projection) => projection.name);
          known.push(...names);
          if (!names.includes(name)) continue;
          await one[verb](name).catch((error: unknown) => {
            throw error instanceof TypeError ? new UsageError(error.message) : error;
          });
          return done(args, io, name, then);
        }
        throw new UsageError(
          `There is no projection ${JSON.stringify(name)}.`,
          known.length === 0 ? 'The database does not answer.' : `There are ${known.join(', ')}.`,
        );
      }),
  };
}

function done(args: CommandArguments, { out }: CommandIo, name: string, then: string): ExitCode {
  out.write(args.flag('json') ? jsonText({ ok: true, projection: name }) : `${printable(name)} ${then}.\n`);
  return EXIT.ok;
}

async function healthOf(all: readonly CommandedProjections[]): Promise<readonly ListedProjection[]> {
  const healths = await Promise.all(all.map(async (one) => one.health()));
  for (const { problem, projections } of healths) {
    if (projections.length === 0 && problem !== undefined) throw new UsageError(problem);
  }
  return healths.flatMap(({ projections }) => projections);
}

function stateOf({ name, version, mode, state, isRebuilding }: ListedProjection): readonly string[] {
  const shown = version === undefined ? '-' : `version ${String(version)}`;
  return [name, shown, mode, isRebuilding ? `${state}, rebuilding` : state];
}

function lagOf({ behind, lag, parked }: ListedProjection): readonly string[] {
  const words = behind === 0 ? 'caught up' : `${String(behind)} behind, ${(lag / 1_000).toFixed(1)} s`;
  return [words, parked === 0 ? '' : `${String(parked)} parked`];
}

/** Opens the projections of the configuration file with what they need, for as long as the work takes. */
async function withProjections(
  args: CommandArguments,
  io: CommandIo,
  work: (all: readonly CommandedProjections[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { file, definition, plan } = await loadDefinition(args, io);
  const { resources = [] } = definition;
  const found = resources.filter(isProjections).map((one) => one.idle());
  if (found.length === 0) {
    throw new UsageError(
      `${file} has no projections.`,
      'List what they need as well: defineConfig({ …, resources: [database, work, projections] });',
    );
  }
  const needed = [...new Set([...found, ...found.flatMap(needsOf)])];
  const options = { ...definition, ...selected(args, plan.environments), tenants: undefined };
  // No other command needs Inversify: they start in half the time without.
  const [{ Container }, { ConfigModule: Module }] = await Promise.all([
    import('inversify'),
    import('../container/index.js'),
  ]);
  const container = new Container();
  const module = moduleOf(file, Module, { ...options, logger: silentLogger, resources: needed });
  await container.loadAsync(module);
  try {
    // What an engine gives answers so.
    return await work(found.map(({ identifier }) => container.get<CommandedProjections>(identifier)));
  } finally {
    await container.unbindAllAsync();
  }
}

function moduleOf(file: string, made: typeof ConfigModule, options: ConfigModuleOptions): ConfigModule {
  try {
    return made.fromOptions(options);
  } catch (error) {
    throw optionMistake(file, error);
  }
}

function isProjections(resource: unknown): resource is ProjectionsResource {
  return (
    typeof resource === 'object' &&
    resource !== null &&
    Reflect.get(resource, 'kind') === 'projections' &&
    typeof Reflect.get(resource, 'idle') === 'function'
  );
}

function needsOf({ needs }: ModuleResource): readonly ModuleResource[] {
  return needs.flatMap((need) => [need, ...needsOf(need)]);
}
