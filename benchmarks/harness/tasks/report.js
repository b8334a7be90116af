// What happens inside a process that measures reports of validation.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../folders.js';
import { urlOfOurs } from '../packages.js';

const CLI = path.join(ROOT, 'dist/cli/main.js');
/** Has the process say at its end what it took. */
const TELL = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('cpu%20'+(user+system))})`;
const SECTIONS = 20;
const FIELDS = 10;

/** CPU milliseconds of a report as a page: so many environments, each with so many tenants, of 200 settings. */
export async function timeReport(environments, tenants) {
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-report-'));
  try {
    for (const name of ['config', 'tenants']) await mkdir(path.join(folder, name));
    const names = Array.from({ length: environments - 3 }, (_, index) => `stage${index}`);
    await writeFile(path.join(folder, 'uno.config.mjs'), configFile(names));
    await writeFile(path.join(folder, 'config/app.yaml'), documentText());
    for (const [index, name] of names.entries()) {
      await writeFile(path.join(folder, `config/app.${name}.yaml`), `section0:\n  field0: ${index}\n`);
    }
    for (let index = 0; index < tenants; index += 1) {
      await writeFile(path.join(folder, `tenants/tenant${index}.yaml`), `section1:\n  field1: ${index}\n`);
    }
    const words = ['validate', '--all-environments', '--report', 'report.html', '--cwd', folder];
    const child = spawn(process.execPath, ['--import', TELL, CLI, ...words]);
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (out += text));
    const [code] = await once(child, 'close');
    const page = await readFile(path.join(folder, 'report.html'), 'utf8').catch(() => '');
    const valid = page.split('class="good">valid').length - 1;
    if (code !== 0 || valid !== environments * (tenants + 1)) throw new Error(`not whole: ${out.slice(-300)}`);
    return Number(/cpu (\d+)/.exec(out)?.[1]) / 1_000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function configFile(names) {
  const tenants = pathToFileURL(path.join(ROOT, 'dist/tenants/index.js')).href;
  return `
import ${JSON.stringify(urlOfOurs('reflect-metadata'))};
import { configFolder, ConfigSection, TenantScope } from ${JSON.stringify(urlOfOurs('uno-config'))};
import { defineTenants, tenantFolder } from ${JSON.stringify(tenants)};
import * as validators from ${JSON.stringify(urlOfOurs('class-validator'))};
const { IsInt } = validators.default ?? validators;
const sections = Array.from({ length: ${SECTIONS} }, (_, index) => {
  class Settings {}
  for (let at = 0; at < ${FIELDS}; at += 1) {
    IsInt()(Settings.prototype, 'field' + at);
    TenantScope('tenant')(Settings.prototype, 'field' + at);
  }
  ConfigSection('section' + index)(Settings);
  return Settings;
});
export default {
  sections,
  sources: [configFolder('config')],
  environments: ${JSON.stringify(Object.fromEntries(names.map((name) => [name, 'production'])))},
  tenants: defineTenants({ layers: tenantFolder('tenants') }),
};
`;
}

function documentText() {
  return Array.from({ length: SECTIONS }, (_, index) => {
    const fields = Array.from({ length: FIELDS }, (_, at) => `  field${at}: ${at}\n`);
    return `section${index}:\n${fields.join('')}`;
  }).join('');
}
