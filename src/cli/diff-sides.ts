import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, type DeclaredEnvironments, type Environment, maskCredentials, SELECTORS } from '../core/index.js';
import type { CommandArguments, CommandIo } from './command.js';
import {
  loadEnvironment,
  withDefinition,
  selectedEnvironment,
  type LoadedDefinition,
  type Selected,
} from './load-definition.js';
import { isUrl, readSettings } from './read-settings.js';
import { leavesOfGeneration, type Leaves } from './setting-leaves.js';
import { UsageError } from './usage-error.js';

export interface Side {
  readonly name: string;
  readonly leaves: Leaves;
}

/**
 * Loads what the options name, the first side first.
 *
 * @throws UsageError when the options contradict each other, or a side cannot be had.
 */
export async function diffSides(args: CommandArguments, io: CommandIo): Promise<readonly [Side, Side]> {
  const [from, to, other] = [args.text('from'), args.text('to'), args.text('with')];
  if (other !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw new UsageError('--with goes with --env, not with --from and --to.', 'Write --env <name> --with <other>.');
    }
    return withOther(other, args, io);
  }
  if (from === undefined || to === undefined) {
    throw new UsageError(
      'diff needs two sides.',
      'Write --from production --to test for two environments, or --with <other> for other settings in the same one.',
    );
  }
  if (args.text('env') !== undefined && !(isSelection(from) && isSelection(to))) {
    throw new UsageError('--env does not go with --from and --to that name environments.', 'Leave it out.');
  }
  return environments(from, to, args, io);
}

async function environments(
  from: string,
  to: string,
  args: CommandArguments,
  io: CommandIo,
): Promise<readonly [Side, Side]> {
  return withDefinition(args, io, async (loaded, selectors) => {
    const { environments: declared } = loaded.plan;
    const [one, two] = [sideSelectors('--from', from, declared), sideSelectors('--to', to, declared)];
    // One after the other: sources need not be able to load several times at once.
    const first = await side(one.name, loaded, { ...selectors, ...one.selected });
    return [first, await side(two.name, loaded, { ...selectors, ...two.selected })];
  });
}

/** Whether a side names selectors, `deployment=green`, rather than an environment. */
function isSelection(text: string): boolean {
  return text.includes('=');
}

/** What `--from` or `--to` selects: an environment, or `region=eu-west-1,deployment=green` in that of both sides. */
function sideSelectors(
  option: string,
  text: string,
  declared: DeclaredEnvironments,
): { readonly name: string; readonly selected: Selected } {
  if (!isSelection(text)) {
    const environment = selectedEnvironment(option, text, declared);
    return { name: environment, selected: { environment } };
  }
  const chosen = text.split(',').map((part) => {
    const [name = '', word = ''] = part.split('=', 2);
    const selector = SELECTORS.find((one) => one === name.trim());
    if (selector !== undefined && word.trim() !== '') return [selector, word.trim()] as const;
    throw new UsageError(
      `${option} ${JSON.stringify(text)} selects nothing.`,
      `Write an environment, or selectors such as deployment=green; the selectors are ${SELECTORS.join(', ')}.`,
    );
  });
  return { name: text, selected: Object.fromEntries(chosen) };
}

async function withOther(other: string, args: CommandArguments, io: CommandIo): Promise<readonly [Side, Side]> {
  const ours = await loadedSide(args, undefined, io, undefined);
  const path = resolve(io.folder, other);
  if (isUrl(other) || other.endsWith('.json')) {
    return [ours, { name: maskCredentials(other), leaves: await readSettings(other, io.folder) }];
  }
  // Both in one environment, even where the two would find another one by themselves.
  const { environment } = ours;
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) return [ours, await loadedSide({ ...args, text: named(args, other) }, environment, io, other)];
  // The relative paths of its sources start there.
  io.enterFolder(path);
  const there = { ...args, text: named(args, undefined) };
  return [ours, await loadedSide(there, environment, { ...io, folder: path }, other, other)];
}

/** The options of this command line with another configuration file. */
function named(args: CommandArguments, file: string | undefined): CommandArguments['text'] {
  return (option) => (option === 'config' ? file : args.text(option));
}

async function loadedSide(
  args: CommandArguments,
  environment: Environment | undefined,
  io: CommandIo,
  name: string | undefined,
  folder?: string,
): Promise<Side & { readonly environment: Environment }> {
  return withDefinition(args, io, (loaded, own) => {
    const { environments: declared } = loaded.plan;
    const selectors =
      environment === undefined ? own : { ...own, environment: selectedEnvironment('--env', environment, declared) };
    return side(name ?? loaded.file, loaded, selectors, folder);
  });
}

async function side(
  name: string,
  loaded: LoadedDefinition,
  selectors: Selected,
  folder?: string,
): Promise<Side & { readonly environment: Environment }> {
  try {
    const generation = await loadEnvironment(loaded, selectors);
    return { name, leaves: leavesOfGeneration(generation, folder), environment: generation.selectors.environment };
  } catch (error) {
    // Exit code 1 says that the sides differ, which nobody knows.
    throw ConfigError.is(error) ? new UsageError(`${name} cannot be compared. ${error.message}`) : error;
  }
}
