import { ConfigError, Duration, option, OptionMistake, silentLogger } from '../core/index.js';
import {
  startReloads,
  toCloudEvent,
  type ConfigEvent,
  type Generation,
  type RunningSettings,
  describeFully,
} from '../runtime/index.js';
import type { Command } from './command.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { eventText } from './event-text.js';
import { EXIT_OK, type ExitCode } from './exit-code.js';
import { loadDefinition, type LoadedDefinition } from './load-definition.js';
import { closeSources } from './load-environment.js';
import { optionMistake } from './option-mistake.js';
import { selected, type Selected } from './selected.js';
import { UsageError } from './usage-error.js';

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
    return EXIT_OK;
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
