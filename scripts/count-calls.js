// How many functions of the built library, in how many files, one leaf of a YAML file passes: from the disk to a
// constructor, and again after it was changed. A reader of the code has to follow them. Needs `npm run build` first.
//
//   npm run count-calls             the two rows
//   npm run count-calls -- --list   every function as well, by file
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { SourceMap } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { IsInt } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigSection, ReloadService, yamlFile } from 'uno-config';

const root = fileURLToPath(new URL('..', import.meta.url));
const session = new Session();
session.connect();
await session.post('Profiler.enable');
// The engine counts the calls of every function; nothing of the library is changed.
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

class ServerSettings {}
IsInt()(ServerSettings.prototype, 'port');
Reflect.defineMetadata('design:type', Number, ServerSettings.prototype, 'port');
ConfigSection('server')(ServerSettings);

const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-count-'));
const file = path.join(folder, 'app.yaml');
const list = process.argv.includes('--list');
try {
  writeFileSync(file, 'server:\n  port: 8080\n');
  const container = new Container();
  const options = { sections: [ServerSettings], sources: [yamlFile(file)], reload: { watch: false } };
  const load = await called(async () => {
    await container.loadAsync(ConfigModule.fromOptions(options));
    expect(container.get(ServerSettings).port, 8080);
  });
  writeFileSync(file, 'server:\n  port: 9090\n');
  const reload = await called(async () => {
    await container.get(ReloadService).reload('counted');
    expect(container.get(ServerSettings).port, 9090);
  });
  await container.unbindAllAsync();
  report('from the disk to a constructor', load);
  report('again, after it was changed', reload);
} finally {
  rmSync(folder, { recursive: true });
}

/** The functions of the library that are called meanwhile: `[{ name, file, line, calls }]`. */
async function called(work) {
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith('file:') && fileURLToPath(url).startsWith(path.join(root, 'dist')))
    .flatMap(({ url, functions }) => {
      const place = placesIn(fileURLToPath(url));
      return functions
        .filter(({ ranges: [whole] }) => whole.count > 0)
        .map(({ functionName, ranges: [{ startOffset, count }] }) => ({
          name: functionName,
          calls: count,
          ...place(startOffset),
        }));
    });
}

/** Tells where a place of a built file is in the sources. */
function placesIn(built) {
  const text = readFileSync(built, 'utf8');
  const map = new SourceMap(JSON.parse(readFileSync(`${built}.map`, 'utf8')));
  return (offset) => {
    const before = text.slice(0, offset).split('\n');
    const { originalSource, originalLine } = map.findEntry(before.length - 1, before.at(-1).length);
    return { file: path.relative(root, path.resolve(path.dirname(built), originalSource)), line: originalLine + 1 };
  };
}

function report(title, functions) {
  const files = groupByFile(functions);
  const calls = functions.reduce((sum, each) => sum + each.calls, 0);
  process.stdout.write(`${title}: ${functions.length} functions in ${files.size} files, ${calls} calls\n`);
  if (!list) return;
  for (const [name, inFile] of files) {
    const names = inFile.map((each) => `${each.name || '(anonymous)'}:${each.line} ${each.calls}x`);
    process.stdout.write(`  ${name}  ${names.join(', ')}\n`);
  }
}

function groupByFile(functions) {
  const files = new Map();
  for (const each of functions) files.set(each.file, [...(files.get(each.file) ?? []), each]);
  return new Map([...files].sort(([a], [b]) => a.localeCompare(b)));
}

function expect(found, wanted) {
  if (found !== wanted) throw new Error(`the leaf is ${String(found)} instead of ${String(wanted)}`);
}
