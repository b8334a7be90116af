// Does what a page says, block by block, in an empty folder: writes its files, runs its examples and its commands, and
// compares what they print.
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { shells } from './blocks.js';
import { keyOf } from './examples.js';
import { Terminal } from './shell.js';
import { isAsShown, withIds } from './shown.js';

/**
 * @param {import('./blocks.js').Block[]} blocks the page's
 * @param {Map<string, import('./examples.js').Example>} examples
 * @param {object} options
 * @param {string} options.folder where to work; from there the packages can be found
 * @param {boolean} options.commands whether to run commands too, as the reader's project
 * @param {(command: string) => string} [options.prepare] changes a command before it is run
 * @returns {Promise<{ problems: string[], counts: Record<string, number>, skipped: string[] }>}
 */
export async function followPage(blocks, examples, { folder, commands, prepare = (command) => command }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (commands) writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const terminal = new Terminal(folder, readersEnvironment());
  const [problems, skipped, ids] = [[], [], new Map()];
  const counts = { files: 0, ran: 0, compiled: 0, commands: 0, compared: 0, shown: 0 };
  const runsTypeScript = blocks.some(({ run }) => run);

  /** What a block has to print, unless the page does not show it. */
  const expected = (index) => {
    const next = blocks[index + 1];
    return next?.output ? next.code.trimEnd() : undefined;
  };

  const judge = (place, shown, { status, printed, mayFail }) => {
    if (status !== 0 && !mayFail) problems.push(`${place} does not run: ${printed || 'stopped'}`);
    else if (shown !== undefined && !isAsShown(shown, printed, ids)) {
      problems.push(`${place} prints something else than the page says:\n${printed}`);
    }
    if (shown !== undefined) counts.compared++;
  };

  const writeExample = (example) => {
    for (const ending of runsTypeScript ? ['ts', 'js'] : ['ts']) {
      const to = path.join(terminal.folder, example.path.replace(/ts$/, ending));
      mkdirSync(path.dirname(to), { recursive: true });
      copyFileSync(example.file.replace(/ts$/, ending), to);
    }
  };

  const steps = {
    typescript(block, index) {
      const example = examples.get(keyOf(block));
      // It needs packages that are not installed.
      if (!example) return skipped.push(`${block.file}:${block.line - 1} needs clients of services`);
      const isNew = !existsSync(path.join(terminal.folder, example.path));
      if (block.name !== undefined || block.run) writeExample(example);
      if (block.name !== undefined && isNew) counts.files++;
      if (!block.run) return block.name ?? counts.compiled++;
      counts.ran++;
      const script = example.path.replace(/ts$/, 'js');
      const result = spawnSync(process.execPath, [script], {
        cwd: terminal.folder,
        env: bareEnvironment(),
        encoding: 'utf8',
        timeout: 300_000,
      });
      const printed = result.status === 0 ? result.stdout : result.stderr || String(result.error ?? '');
      judge(example.place, expected(index), { status: result.status, printed: printed.trimEnd() });
    },
    file({ name, code, replace }) {
      const file = path.join(terminal.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (replace || !existsSync(file)) counts.files++;
      (replace ? writeFileSync : appendFileSync)(file, `${withIds(code, ids)}\n`);
    },
    async shell(block, index) {
      const place = `${block.file}:${block.line}`;
      const run = block.serves
        ? (script, shown) => terminal.serve(script, (printed) => isAsShown(shown ?? '…', printed, new Map(ids)))
        : (script) => terminal.run(script);
      for (const { command, shown = expected(index), mayFail, line } of commandsOf(block)) {
        counts.commands++;
        const result = await run(prepare(withIds(command, ids)), shown);
        // A server that is there has no status yet.
        const status = block.serves && result.status === null ? 0 : result.status;
        judge(line ? `${block.file}:${line}` : place, shown, { ...result, status, mayFail });
      }
    },
  };

  for (const [index, block] of blocks.entries()) {
    const isShell = shells.includes(block.language);
    if (block.skip !== undefined) skipped.push(`${block.file}:${block.line - 1} needs ${block.skip}`);
    else if (block.language === 'ts') steps.typescript(block, index);
    else if (block.name !== undefined) steps.file(block);
    else if (isShell && commands) await steps.shell(block, index);
    else if (!isShell && !block.output) counts.shown++;
    // What follows would only fail for the same reason.
    if (problems.length > 0) break;
  }
  await terminal.stopServer();
  return { problems, counts, skipped };
}

/** The commands of a block, and what a transcript (`console`) shows that they print. */
function commandsOf({ language, code, line }) {
  if (language === 'sh') return [{ command: `set -e\n${code}` }];
  const commands = [];
  let isOpen = false;
  for (const [index, text] of code.split('\n').entries()) {
    const last = commands.at(-1);
    if (text.startsWith('$ ')) commands.push({ command: text.slice(2), lines: [], line: line + index });
    else if (isOpen) last.command += `\n${text}`;
    else last.lines.push(text);
    isOpen = (text.startsWith('$ ') || isOpen) && text.endsWith('\\');
  }
  // A command that fails shows it by what it prints.
  return commands.map(({ lines, ...rest }) => ({
    ...rest,
    shown: lines.join('\n').trimEnd(),
    mayFail: lines.length > 0,
  }));
}

const pick = (isKept) => Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name)));

/** Settings of the machine would be settings of the examples. */
const bareEnvironment = () => pick((name) => ['PATH', 'SystemRoot'].includes(name));

/** Of a terminal: what finds programs and packages, and nothing that says how to print. */
const readersEnvironment = () => ({
  ...pick((name) => /^(PATH|HOME|SystemRoot|.*_proxy|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache))$/i.test(name)),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_prefer_offline: 'true',
});
