import {
  type ConfigIssue,
  type ConfigLogger,
  formatIssue,
  formatOrigin,
  formatPath,
  guardLogger,
  parsePath,
  secretAt,
} from '../../core/index.js';
import { copiesIn, loadedModules, type LoadedModules } from '../../binding/index.js';
import { describeFully, explainFully, type Generation, shownText } from '../generation/index.js';
import { mountedValues, rowOf, type Reading, type Segment, type Traceable } from '../rows/index.js';

/** One record for each issue: errors first, then what the policy makes warnings. */
export function logIssues(
  logger: ConfigLogger,
  errors: readonly ConfigIssue[],
  warnings: readonly ConfigIssue[],
): void {
  for (const issue of errors) logIssue(logger, 'error', issue);
  for (const issue of warnings) logIssue(logger, 'warn', issue);
}

function logIssue(logger: ConfigLogger, level: 'error' | 'warn', issue: ConfigIssue): void {
  const { code, path, origin } = issue;
  logger.log({
    level,
    event: 'config.issue',
    message: formatIssue(issue),
    fields: { code, path: formatPath(path), ...(origin !== undefined && { origin: formatOrigin(origin) }) },
  });
}

/** One warning for what comes from folders of mounted secrets into fields that are not declared as secrets. */
export function logMounted(logger: ConfigLogger, made: readonly Segment[], { rows, plan }: Traceable): void {
  const paths = made
    .flatMap((segment) => [...mountedValues(rowOf(rows, segment))])
    .filter((path) => secretAt(plan.schema, parsePath(path)) === undefined);
  if (paths.length === 0) return;
  logger.log({
    level: 'warn',
    event: 'config.secret.mounted',
    message:
      `${paths.join(', ')}: from a folder of mounted secrets, in a field that is not declared as one. It is masked here, ` +
      'and not where the program prints it: put @Secure() on the field.',
    fields: { paths },
  });
}

const told = new WeakSet<ConfigLogger>();

/**
 * One warning, to each logger once, for each package of decorators that the process has loaded several copies of. All of
 * them are heeded, but versions of them may differ, and what is compared by `instanceof` has a double.
 */
export function logCopies(logger: ConfigLogger, modules: () => LoadedModules = loadedModules): void {
  const guarded = guardLogger(logger);
  if (told.has(logger) || !guarded.isEnabled('warn')) return;
  told.add(logger);
  for (const { name, folders } of copiesIn(modules())) {
    guarded.log({
      level: 'warn',
      event: 'config.copies',
      message:
        `${name} is loaded from ${String(folders.length)} places: ${folders.join(', ')}. Have one of it: npm dedupe, one ` +
        `version in the workspace, and in shared packages a peer dependency.`,
      fields: { name, folders },
    });
  }
}

/** One debug record for each setting with values from several sources: the winner and the losers. */
export function logPrecedence(logger: Required<ConfigLogger>, generation: Generation): void {
  if (!logger.isEnabled('debug')) return;
  for (const { path } of describeFully(generation)) {
    const { winner, losers, value, afterRestart } = explainFully(generation, path);
    if (winner === undefined || losers.length === 0) continue;
    const won = formatOrigin(winner.origin);
    const over = losers.map(({ origin }) => formatOrigin(origin));
    const then = afterRestart === undefined ? '' : ` until a restart, then ${shownText(afterRestart.value)}`;
    const message = `${path} = ${shownText(value)}${then} from ${won}, over ${over.join(', ')}.`;
    logger.log({
      level: 'debug',
      event: 'config.precedence',
      message,
      fields: { path, value, winner: won, losers: over },
    });
  }
}

/** One record for a load that succeeded. */
export function logLoaded(
  logger: Required<ConfigLogger>,
  generation: Generation,
  readings: readonly Reading[],
  milliseconds: number,
): void {
  // Skip building the list when nobody reads it.
  if (!logger.isEnabled('info')) return;
  const count = generation.entries.length;
  const layers = readings.flatMap(({ answer }) => answer);
  logger.log({
    level: 'info',
    event: 'config.loaded',
    message: `Loaded ${String(count)} section${count === 1 ? '' : 's'} from ${String(layers.length)} layer${layers.length === 1 ? '' : 's'}.`,
    fields: {
      generation: generation.number,
      ...generation.selectors,
      sections: generation.entries.map(({ path }) => formatPath(path)),
      layers: layers.map(({ name }) => name),
      milliseconds,
    },
  });
}
