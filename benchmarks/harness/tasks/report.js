// What happens inside a process that measures reports of validation.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';

const SECTIONS = 20;
const FIELDS = 10;

/** CPU milliseconds of a report as a page: so many environments, each with so many tenants, of 200 settings. */
export async function timeReport(environments, tenants) {
  await importOurs('reflect-metadata');
  const library = await importOurs('uno-config');
  const { defineTenants, tenantFolder } = await importBuilt('tenants/index.js');
  const { IsInt } = await importOurs('class-validator');
  const { runCli } = await importBuilt('cli/run-cli.js');
  const sections = Array.from({ length: SECTIONS }, (_, index) => {
    class Settings {}
    for (let at = 0; at < FIELDS; at += 1) {
      IsInt()(Settings.prototype, `field${at}`);
      library.TenantScope('tenant')(Settings.prototype, `field${at}`);
    }
    library.ConfigSection(`section${index}`)(Settings);
    return Settings;
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-report-'));
  try {
    for (const name of ['config', 'tenants']) await mkdir(path.join(folder, name));
    const names = Array.from({ length: environments - 3 }, (_, index) => `stage${index}`);
    await writeFile(path.join(folder, 'uno.config.ts'), '');
    await writeFile(path.join(folder, 'config/app.yaml'), document(0));
    for (const [index, name] of names.entries()) {
      await writeFile(path.join(folder, `config/app.${name}.yaml`), `section0:\n  field0: ${index}\n`);
    }
    for (let index = 0; index < tenants; index += 1) {
      await writeFile(path.join(folder, `tenants/tenant${index}.yaml`), `section1:\n  field1: ${index}\n`);
    }
    const definition = {
      sections,
      sources: [library.configFolder(path.join(folder, 'config'))],
      environments: Object.fromEntries(names.map((name) => [name, 'production'])),
      tenants: defineTenants({ layers: tenantFolder(path.join(folder, 'tenants')) }),
      env: {},
    };
    const output = { colours: false, write: (text) => void (said += text) };
    let said = '';
    const io = {
      folder,
      version: '0',
      out: output,
      error: output,
      enterFolder: () => undefined,
      importFile: async () => ({ default: definition }),
      setProgramArguments: () => undefined,
    };
    const spent = startCpuClock();
    const code = await runCli(['validate', '--all-environments', '--report', 'report.html'], io);
    const duration = spent();
    const page = await readFile(path.join(folder, 'report.html'), 'utf8');
    const valid = page.split('class="good">valid').length - 1;
    if (code !== 0 || valid !== environments * (tenants + 1)) throw new Error(`the report is not whole: ${said}`);
    return duration;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function document(value) {
  return Array.from({ length: SECTIONS }, (_, index) => {
    const fields = Array.from({ length: FIELDS }, (_, at) => `  field${at}: ${value + at}\n`);
    return `section${index}:\n${fields.join('')}`;
  }).join('');
}
