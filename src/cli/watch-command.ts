import { ConfigError, Duration, option, OptionMistake, silentLogger, formatOrigin } from '../core/index.js';
import {
  startReloads,
  toCloudEvent,
  type ConfigEvent,
  type Generation,
  type RunningSettings,
  describeFully,
  type LeafChange,
} from '../runtime/index.js';
import {
  EXIT,
  type Command,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
  type TextOutput,
} from './command.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { loadDefinition, closeSources, selected, type LoadedDefinition, type Selected } from './load-definition.js';
import { optionMistake, UsageError } from './usage-error.js';
import { changeText, printable, paint } from './output-text.js';

export const watchCommand: Command = {
  name: 'watch',
  summary: 'print changes of the settings as they happen, with where they come from, until Ctrl-C',
  words: [],
  single: true,
  options: {
    ...SELECTORS,
    ...formats(['text', 'json'], 'default: text; json: a CloudEvent in each line'),
    poll: { type: 'string', value: 'duration', description: 'how often watched files are looked at; default: 500ms' },
    ...CONFIG_FILE,
  },
  exitCodes: [
    '0  stopped by Ctrl-C, by SIGTERM, or because the output was closed',
    '1  the settings are not valid at the start; later on that is printed, and watched on',
    '2  the command line cannot be understood, or the configuration file cannot be used',
  ],
  run: watch,
};

async function watch(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const pollInterval = pollIntervalOf(args);
  const loaded = await loadDefinition(args, io);
  const selectors = selected(args, loaded.plan.environments);
  const { sources } = loaded.definition;
  let running: RunningSettings | undefined;
  try {
    const watched = sources.filter((source) => source.watch !== undefined).length;
    if (watched === 0) {
      throw new UsageError(
        `${loaded.file} has no source that can be watched.`,
        'Files and folders can: configFolder("config"), yamlFile("app.yaml"); so can a source of your own with watch().',
      );
    }
    const json = args.flag('json');
    // Ids of CloudEvents are unique for a source, and each run of the command counts anew.
    const source = `/uno-config/watch/${String(process.pid)}`;
    let isRejected = false;
    running = await startWatching(loaded, selectors, pollInterval, (event) => {
      // Of a change that changes nothing is told only that a rejection is over.
      if (event.type === 'ConfigUnchanged' && !isRejected) return;
      if (event.type === 'ConfigUnchanged' || event.type === 'ConfigChanged') isRejected = false;
      else if (event.type === 'ConfigReloadRejected') isRejected = true;
      io.out.write(json ? `${JSON.stringify(toCloudEvent(event, { source }))}\n` : eventText(event, io.out));
    });
    // Before the user is told how to stop it.
    const stopped = io.stopped();
    if (!json) io.out.write(headline(running.store.current, watched, sources.length));
    await stopped;
    return EXIT.ok;
  } finally {
    await (running?.reloads.close() ?? closeSources(sources));
  }
}

async function startWatching(
  { definition, plan, file }: LoadedDefinition,
  selectors: Selected,
  pollInterval: Duration,
  listener: (event: ConfigEvent) => void,
): Promise<RunningSettings> {
  // The user's logger writes where its output belongs, which would run into ours.
  const options = { ...definition, ...selectors, logger: silentLogger };
  try {
    return await startReloads(options, plan, { watch: true, pollInterval }, { listener });
  } catch (error) {
    throw ConfigError.is(error) ? error : optionMistake(file, error);
  }
}

function headline(first: Generation, watched: number, all: number): string {
  const { environment, region, deployment } = first.selectors;
  const where = [environment, region, deployment].filter((name) => name !== undefined).join(', ');
  const sources = watched === all ? `${String(all)} sources` : `${String(watched)} of ${String(all)} sources`;
  return `Watching ${all === 1 ? 'the one source' : sources} (${where}), ${String(describeFully(first).length)} settings. Ctrl-C ends it.\n`;
}

function pollIntervalOf(args: CommandArguments): Duration {
  try {
    return Duration.ofMilliseconds(option.positiveSpan.read(args.text('poll') ?? '500ms', '--poll'));
  } catch (error) {
    if (!OptionMistake.is(error)) throw error;
    throw new UsageError(error.message);
  }
}

function eventText(event: ConfigEvent, output: TextOutput): string {
  const time = new Date(event.time).toISOString();
  const generation = `generation ${String(event.generation)}`;
  switch (event.type) {
    case 'ConfigChanged': {
      const changes = event.sections.flatMap((section) => section.changes);
      const head = `${time} ${paint(output, 'green', generation)}: ${printable(event.reason)}\n`;
      return head + changes.map((change) => changeText({ ...change, places: placesOf(change) }, output)).join('');
    }
    case 'ConfigReloadRejected': {
      const report = event.error.message.split('\n').map((line) => `  ${printable(line)}\n`);
      return `${time} ${paint(output, 'red', 'rejected')}, ${generation} stays: ${printable(event.reason)}\n${report.join('')}`;
    }
    case 'ConfigUnchanged':
      return `${time} ${paint(output, 'green', 'valid')}, ${generation} stays: ${printable(event.reason)}\n`;
    case 'RestartRequired':
      return `${time} restart required: ${event.paths.map(printable).join(', ')}\n`;
    case 'SourceStale':
      return `${time} ${paint(output, 'red', 'stale')}: ${printable(event.source)}; its last answer stays in use\n`;
    case 'SourceRecovered':
      return `${time} recovered: ${printable(event.source)}\n`;
  }
}

function placesOf({ kind, origin }: LeafChange): readonly string[] {
  if (origin === undefined) return [];
  return [`${kind === 'removed' ? 'it was' : 'from'} ${formatOrigin(origin)}`];
}
