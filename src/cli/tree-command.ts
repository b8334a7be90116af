import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parsePath } from '../core/index.js';
import type { SettingRows } from '../inspector/index.js';
import type { Generation } from '../runtime/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { jsonText, paint, printable } from './output-text.js';
import { loadEnvironment, withDefinition } from './load-definition.js';
import { writeWhole } from './write-file.js';

export const treeCommand: Command = {
  name: 'tree',
  summary:
    'show all settings as a tree, each with its value and its place, secrets masked; or as a page in the browser',
  words: [],
  options: {
    open: { type: 'boolean', description: 'write a report as one HTML file, and open it in the browser' },
    report: {
      type: 'string',
      value: 'file',
      description: 'write the report here; default: a folder of its own in the temporary one',
    },
    ...SELECTORS,
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  run: tree,
};

async function tree(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  return withDefinition(args, io, async (loaded, selectors) => {
    const generation = await loadEnvironment(loaded, selectors);
    if (args.flag('open') || args.text('report') !== undefined) await report(generation, args, io);
    else await print(generation, args, io);
    return EXIT.ok;
  });
}

async function print(generation: Generation, args: CommandArguments, io: CommandIo): Promise<void> {
  // Few commands need what makes a page.
  const { settingRows } = await import('../inspector/index.js');
  const rows = settingRows(generation, true);
  io.out.write(args.flag('json') ? jsonText(listed(rows)) : treeText(rows, io));
}

async function report(generation: Generation, args: CommandArguments, io: CommandIo): Promise<void> {
  const { reportHtml, reportOf } = await import('../inspector/index.js');
  const html = await reportHtml(reportOf(generation), `Settings of ${generation.selectors.environment}`);
  const named = args.text('report');
  const path =
    named === undefined
      ? join(await mkdtemp(join(tmpdir(), 'uno-config-')), 'settings.html')
      : resolve(io.folder, named);
  // For nobody else to read: it names where everything is.
  await writeWhole(io.folder, path, html, 0o600);
  const isOpened = args.flag('open') && (await io.openFile(path));
  io.out.write(isOpened ? `Opened ${path}.\n` : `The report is ${path}.\n`);
}

function listed({ rows, places, types }: SettingRows): readonly object[] {
  return rows.map(([path, value, type, place, line, mark]) => ({
    path,
    value,
    type: types[type],
    ...(place >= 0 && { place: places[place] }),
    ...(line > 0 && { line }),
    ...(mark !== '' && { mark }),
  }));
}

interface Branch {
  readonly children: Map<string, Branch>;
  text?: string;
}

function treeText(settings: SettingRows, io: CommandIo): string {
  const root: Branch = { children: new Map() };
  for (const [path, value, , place, line, mark] of settings.rows) {
    const at = place < 0 ? '' : `  (${settings.places[place] ?? ''}${line > 0 ? `:${String(line)}` : ''})`;
    branchAt(root, path).text = `${value}${at}${mark === 'restart' ? '  waits for a restart' : ''}`;
  }
  return [...root.children].map(([key, branch]) => branchText(key, branch, '', io)).join('');
}

function branchAt(root: Branch, path: string): Branch {
  let branch = root;
  for (const key of parsePath(path)) {
    let next = branch.children.get(key);
    if (next === undefined) branch.children.set(key, (next = { children: new Map() }));
    branch = next;
  }
  return branch;
}

function branchText(key: string, { children, text }: Branch, indent: string, io: CommandIo): string {
  const name = printable(key);
  const head = text === undefined ? paint(io.out, 'bold', name) : `${name} = ${printable(text)}`;
  const inner = [...children];
  const lines = inner.map(([each, child], at) => {
    const isLast = at === inner.length - 1;
    const below = branchText(each, child, `${indent}${isLast ? '   ' : '│  '}`, io);
    return `${indent}${isLast ? '└─ ' : '├─ '}${below}`;
  });
  return `${head}\n${lines.join('')}`;
}
