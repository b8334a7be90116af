import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nearestName } from '../core/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { jsonText, paint } from './output-text.js';
import { UsageError } from './usage-error.js';

/** What {@link runInWorkspaces} is asked by: the configuration file lists folders, and holds nothing to load. */
export class Workspaces extends UsageError {
  public readonly file: string;
  /** Folders by name, absolute. */
  public readonly folders: ReadonlyMap<string, string>;

  public constructor(file: string, root: string, workspaces: Readonly<Record<string, string>>) {
    super(
      `${file} lists workspaces, and is a workspace itself.`,
      'List the folders of the inner one in the outer one.',
    );
    this.file = file;
    this.folders = new Map(Object.entries(workspaces).map(([name, folder]) => [name, resolve(root, folder)]));
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** Runs a command in one folder; the errors that it throws are shown, and give its exit code. */
export type RunInFolder = (args: CommandArguments, io: CommandIo) => Promise<ExitCode>;

/**
 * Runs a command in the workspace that is named, or in all of them, one after the other; the worst exit code is that of all.
 * JSON becomes one object by the names of the workspaces.
 *
 * @throws UsageError for a name that is none, for a folder that is not there, and for a command that works in one folder alone
 * and names none.
 */
export async function runInWorkspaces(
  { file, folders }: Workspaces,
  command: Command,
  args: CommandArguments,
  io: CommandIo,
  run: RunInFolder,
): Promise<ExitCode> {
  const named = args.text('workspace');
  const names = [...folders.keys()];
  if (named !== undefined && !folders.has(named)) {
    const nearest = nearestName(named, names);
    throw new UsageError(
      `${file} has no workspace ${JSON.stringify(named)}.`,
      nearest === undefined ? `The workspaces are ${names.join(', ')}.` : `Did you mean ${nearest}?`,
    );
  }
  if (named === undefined && command.single === true) {
    throw new UsageError(`${command.name} works in one workspace.`, `Name it: --workspace ${names.join('|')}.`);
  }
  // The workspace has a configuration file of its own.
  const inside: CommandArguments = {
    ...args,
    text: (option) => (option === 'config' || option === 'workspace' ? undefined : args.text(option)),
  };
  const enter = async (name: string, folder: string, out = io.out): Promise<CommandIo> => {
    if (!(await isFolder(folder))) {
      throw new UsageError(
        `${file} lists the workspace ${name}, whose folder is not there.`,
        `It was looked for at ${folder}.`,
      );
    }
    io.enterFolder(folder);
    return { ...io, folder, out };
  };
  if (named !== undefined) return run(inside, await enter(named, folders.get(named) ?? io.folder));
  const json = args.flag('json');
  const answers: [name: string, answer: unknown][] = [];
  let worst: ExitCode = EXIT.ok;
  for (const [name, folder] of folders) {
    let text = '';
    const collected = { ...io.out, write: (more: string) => void (text += more) };
    if (!json) io.out.write(`${paint(io.out, 'bold', `# ${name}`)}\n`);
    const code = await run(inside, await enter(name, folder, json ? collected : io.out));
    // A command that could not be run has written nothing.
    if (json) answers.push([name, text === '' ? null : JSON.parse(text)]);
    if (code > worst) worst = code;
  }
  if (json) io.out.write(jsonText(Object.fromEntries(answers)));
  io.enterFolder(io.folder);
  return worst;
}
