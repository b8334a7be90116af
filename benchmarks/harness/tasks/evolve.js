// What happens inside a process that measures documents of earlier versions.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCpuClock } from '../cpu-clock.js';
import { ROOT } from '../folders.js';
import { importBuilt, importOurs, urlOfOurs } from '../packages.js';
import { median } from '../statistics.js';

const CLI = path.join(ROOT, 'dist/cli/main.js');
/** Has the process say at its end what it took. */
const TELL = `data:text/javascript,process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write('cpu ' + (user + system));
})`.replaceAll(/\s+/g, ' ');
const SECTIONS = 50;
const FIELDS = 20;
const LOADS = 300;

/** CPU milliseconds of the first load of a process, of a file as {@link timeLoads} has it: `current` or `old`. */
export async function timeFirst(name) {
  await importOurs('reflect-metadata');
  const library = await importOurs('uno-config');
  const { loadSettings } = await importBuilt('standalone.js');
  const sections = settingsClasses(library, await importOurs('class-validator'), SECTIONS);
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-evolve-'));
  try {
    const file = path.join(folder, 'app.yaml');
    await writeFile(file, documentText(name === 'old' ? 1 : 4));
    const spent = startCpuClock();
    const settings = await loadSettings(sections, { sources: [library.yamlFile(file)] });
    if (settings.length !== SECTIONS) throw new Error('a section is missing');
    return spent();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** CPU milliseconds of a warm load of a file of 50 sections of 20 fields: of the current version, and three before it. */
export async function timeLoads() {
  await importOurs('reflect-metadata');
  const library = await importOurs('uno-config');
  const { loadSettings } = await importBuilt('standalone.js');
  const sections = settingsClasses(library, await importOurs('class-validator'), SECTIONS);
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-evolve-'));
  try {
    const figures = { current: [], old: [] };
    for (const [name, text] of Object.entries({ current: documentText(4), old: documentText(1) })) {
      await writeFile(path.join(folder, `${name}.yaml`), text);
    }
    for (let load = 0; load < LOADS; load += 1) {
      for (const name of Object.keys(figures)) {
        const source = library.yamlFile(path.join(folder, `${name}.yaml`));
        const spent = startCpuClock();
        const settings = await loadSettings(sections, { sources: [source] });
        figures[name].push(spent());
        if (settings.length !== SECTIONS) throw new Error('a section is missing');
      }
    }
    // The first ones compile.
    const of = (name) => median(figures[name].slice(LOADS / 2));
    return { current: of('current'), old: of('old') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** CPU milliseconds of `uno-config migrate --check` over so many files that are three versions old, start included. */
export async function timeCheck(count) {
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-evolve-'));
  try {
    await mkdir(path.join(folder, 'config'));
    await writeFile(path.join(folder, 'uno.config.mjs'), configFile());
    for (let at = 0; at < count; at += 1) {
      await writeFile(path.join(folder, 'config', `${at}.yaml`), documentText(1, 2));
    }
    const child = spawn(process.execPath, ['--import', TELL, CLI, 'migrate', '--check', 'config', '--cwd', folder]);
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (out += text));
    const [code] = await once(child, 'close');
    if (code !== 1 || !out.includes(`${count} of an earlier version`)) throw new Error(out.slice(-300));
    return Number(/cpu (\d+)/.exec(out)?.[1]) / 1_000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function configFile() {
  return `
import ${JSON.stringify(urlOfOurs('reflect-metadata'))};
import { ConfigSection } from ${JSON.stringify(urlOfOurs('uno-config'))};
import * as validators from ${JSON.stringify(urlOfOurs('class-validator'))};
const { IsInt, IsString } = validators.default ?? validators;
const FIELDS = ${FIELDS};
export default { sections: settingsClasses({ ConfigSection }, { IsInt, IsString }, 2), sources: [] };
${settingsClasses.toString()}
`;
}

/** Each version changes a part of the fields: a name, a unit, what nobody reads any more. */
function settingsClasses(library, { IsInt, IsString }, count) {
  return Array.from({ length: count }, (_, index) => {
    class Settings {}
    for (let at = 0; at < FIELDS; at += 1) (at % 2 === 0 ? IsInt() : IsString())(Settings.prototype, `field${at}`);
    library.ConfigSection(`section${index}`, {
      version: 4,
      migrations: {
        2: [{ rename: 'old0', to: 'field0' }],
        3: [{ convert: 'field1', with: (value) => (typeof value === 'number' ? `${value}s` : value) }],
        4: [{ remove: 'driver' }],
      },
    })(Settings);
    return Settings;
  });
}

function documentText(version, count = SECTIONS) {
  const lines = [];
  for (let index = 0; index < count; index += 1) {
    lines.push(`section${index}:`, `  $version: ${version} # of the section`);
    for (let at = 0; at < FIELDS; at += 1) {
      const name = version === 1 && at === 0 ? 'old0' : `field${at}`;
      const value = at % 2 === 0 || (version === 1 && at === 1) ? String(at) : `text${at}`;
      lines.push(`  ${name}: ${value}`);
    }
    if (version < 4) lines.push('  driver: nobody');
  }
  return `${lines.join('\n')}\n`;
}
