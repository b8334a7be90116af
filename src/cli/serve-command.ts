import { relative } from 'node:path';
import { type ConfigLogger, OptionMistake, property, thrownInWords } from '../core/index.js';
import { type ConfigServer, configServer } from '../server/index.js';
import { printable, jsonText } from './output-text.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, formats } from './common-options.js';
import { findConfigFile } from './config-file.js';
import { importFailure } from './import-failure.js';
import { loadDefinition } from './load-definition.js';
import { optionMistake, UsageError } from './usage-error.js';
import { wholeNumber } from './whole-number.js';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve settings to other programs by the protocol of Spring Cloud Config, until Ctrl-C',
  words: [],
  options: {
    port: { type: 'string', value: 'number', description: 'where it listens; default: 8888' },
    host: { type: 'string', value: 'address', description: 'default: 127.0.0.1; beyond this machine it needs TLS' },
    application: {
      type: 'string',
      value: 'name',
      description: 'what to call the settings of a file that exports no server; for this machine only',
    },
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  exitCodes: [
    '0  stopped by Ctrl-C, by SIGTERM, or because the output was closed',
    '2  the command line cannot be understood, the configuration file cannot be used, or it cannot listen there',
  ],
  run: async (args, io): Promise<ExitCode> => {
    const { server, file } = await serverOf(args, io);
    try {
      const port = args.text('port');
      const host = args.text('host');
      const at = {
        ...(port !== undefined && { port: wholeNumber('--port', port, 0) }),
        ...(host !== undefined && { host }),
      };
      const url = await server.listen(at).catch((error: unknown) => {
        throw OptionMistake.is(error) ? optionMistake(file, error) : noPlace(error);
      });
      const stopped = io.stopped();
      const { applications, isReady } = server;
      const more = isReady ? '' : ' Not everything can be served yet; it is tried again.';
      const names = printable(applications.join(', '));
      if (args.flag('json')) io.out.write(jsonText({ url: url.origin, applications, isReady }));
      else io.out.write(`Serving ${names} at ${url.origin}.${more} Ctrl-C ends it.\n`);
      await stopped;
      return EXIT.ok;
    } finally {
      await server.close();
    }
  },
};

interface FoundServer {
  readonly server: Pick<ConfigServer, 'listen' | 'close' | 'isReady' | 'applications'>;
  readonly file: string;
}

/** The server that the configuration file exports, as `server` or by default; or one for the definition that it exports. */
async function serverOf(args: CommandArguments, io: CommandIo): Promise<FoundServer> {
  const path = await findConfigFile(io.folder, args.text('config'));
  const file = relative(io.folder, path);
  const exported = await io.importFile(path).catch((error: unknown) => {
    throw importFailure(path, error, io.folder);
  });
  const outer = property(exported, 'default');
  const server = [property(exported, 'server'), outer, property(outer, 'server'), property(outer, 'default')].find(
    isServer,
  );
  const application = args.text('application');
  if (server !== undefined) {
    if (application === undefined) return { server, file };
    throw new UsageError(`${file} exports a server, which names its applications.`, 'Leave out --application.');
  }
  if (application === undefined) {
    throw new UsageError(
      `${file} exports no server.`,
      'Write: export const server = configServer({ applications, clients }); or name its settings: --application orders.',
    );
  }
  const { definition } = await loadDefinition(args, io);
  try {
    const logger: ConfigLogger = {
      log: ({ level, message }) => {
        if (level === 'error') io.error.write(`${printable(message.split('\n', 1)[0] ?? '')}\n`);
      },
    };
    return {
      server: configServer({ applications: { [application]: { config: definition } }, clients: 'anyone', logger }),
      file,
    };
  } catch (error) {
    throw optionMistake(file, error);
  }
}

/** One of another copy of the package is as good. */
function isServer(value: unknown): value is FoundServer['server'] {
  return ['listen', 'handle', 'close'].every((name) => typeof property(value, name) === 'function');
}

function noPlace(error: unknown): UsageError {
  return new UsageError(
    `The server cannot listen there: it threw ${thrownInWords(error)}.`,
    'Choose another --port or --host, and check that nothing else listens there.',
  );
}
