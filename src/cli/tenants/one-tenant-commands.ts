import type { Generation } from '../../runtime/index.js';
import { EXIT, type Command } from '../command.js';
import { changeText, printable, jsonText } from '../output-text.js';
import { compareSettings } from '../compare-settings.js';
import { explainIn } from '../explain-command.js';
import { leavesOfGeneration } from '../setting-leaves.js';
import { UsageError } from '../usage-error.js';
import { TENANT_OPTIONS, withTenants, type Survey } from './survey.js';

export const tenantsExplainCommand: Command = {
  name: 'tenants explain',
  summary: 'say why a setting of a tenant has its value: the base, a plan, the tenant or the ceiling',
  words: ['id', 'path'],
  options: TENANT_OPTIONS,
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const [id = '', path = ''] = args.words;
      const explanation = explainIn(await generationOf(survey, id), path);
      io.out.write(args.flag('json') ? jsonText({ tenant: id, ...explanation }) : `${explanation.toString()}\n`);
      return EXIT.ok;
    }),
};

export const tenantsDiffCommand: Command = {
  name: 'tenants diff',
  summary: 'compare a tenant with the base, or with another tenant',
  words: ['id'],
  moreWords: 'other id',
  options: TENANT_OPTIONS,
  exitCodes: [
    '0  both are equal',
    '1  they differ, or a tenant is not valid',
    '2  the command line cannot be understood',
  ],
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const [first = '', second, ...more] = args.words;
      if (more.length > 0)
        throw new UsageError('tenants diff compares two.', 'Write uno-config tenants diff <id> [other id].');
      const [from, to] = second === undefined ? ['base', first] : [first, second];
      const before = second === undefined ? survey.base : await generationOf(survey, first);
      const { differences, notCompared } = compareSettings(
        leavesOfGeneration(before),
        leavesOfGeneration(await generationOf(survey, to)),
      );
      const equal = differences.length === 0;
      if (args.flag('json')) io.out.write(jsonText({ equal, from, to, differences, notCompared }));
      else {
        io.out.write(
          equal ? `${from} and ${to} are equal.\n` : `${from} -> ${to}: ${String(differences.length)} differ.\n`,
        );
        for (const { beforeFrom, afterFrom, ...change } of differences) {
          const places = [
            beforeFrom === null ? [] : `before: ${beforeFrom}`,
            afterFrom === null ? [] : `after: ${afterFrom}`,
          ];
          io.out.write(changeText({ ...change, places: places.flat() }, io.out));
        }
        if (notCompared.length > 0) io.out.write(`Masked, so not compared: ${printable(notCompared.join(', '))}\n`);
      }
      return equal ? EXIT.ok : EXIT.different;
    }),
};

async function generationOf({ tenants }: Survey, id: string): Promise<Generation> {
  return (await (await tenants.find(id)).built()).generation;
}
