import { isConfigMap, yamlText } from '../../core/index.js';
import type { ExaminedTenant, LoadPlan } from '../../runtime/index.js';
import { currentPrincipal, type AccessRecord } from '../../security/index.js';
import { printable, jsonText } from '../output-text.js';
import { EXIT, type Command } from '../command.js';
import { safeDocument } from '../safe-document.js';
import { CONFIG_FILE, formats, SELECTORS } from '../common-options.js';
import { UsageError } from '../usage-error.js';
import { withTenants, type Survey } from './survey.js';

export const tenantsExportCommand: Command = {
  name: 'tenants export',
  summary: "print a tenant's own document: who it is and what it sets; secrets as they are encrypted, or masked",
  words: ['id'],
  options: { ...SELECTORS, ...formats(['yaml', 'json']), ...CONFIG_FILE },
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const tenant = await survey.tenants.find(args.words[0] ?? '');
      await record(survey, { action: 'read-masked', rule: 'tenants export', tenant: tenant.id });
      const document = documentOf(tenant, survey.loaded.plan);
      io.out.write(args.flag('json') ? jsonText(document) : yamlText(document));
      return EXIT.ok;
    }),
};

export const tenantsEraseCommand: Command = {
  name: 'tenants erase',
  summary: "delete a tenant's document for good; without --yes, say what would be deleted",
  words: ['id'],
  options: {
    yes: { type: 'boolean', description: 'delete it; nothing of it can be had back' },
    ...SELECTORS,
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  exitCodes: ['0  deleted', '1  it would be deleted with --yes', '2  there is none, or its source cannot be written'],
  run: (args, io) =>
    withTenants(args, io, async (survey) => {
      const id = args.words[0] ?? '';
      const kept = await survey.tenants.kept(id);
      if (kept === undefined) {
        const isKnown = survey.tenants.ids?.includes(id) ?? true;
        throw isKnown
          ? new UsageError(
              `The document of tenant ${id} is in a source that cannot delete it.`,
              'Delete it where it is kept.',
            )
          : new UsageError(`There is no tenant ${JSON.stringify(id)}.`, 'See uno-config tenants list.');
      }
      const erased = args.flag('yes');
      if (erased) {
        await record(survey, { action: 'write', rule: 'tenants erase', tenant: id });
        await kept.erase();
      }
      if (args.flag('json')) io.out.write(jsonText({ tenant: id, erased, names: kept.names }));
      else {
        const names = kept.names.map((name) => `  ${printable(name)}\n`).join('');
        io.out.write(
          erased ? `Deleted of tenant ${id}:\n${names}` : `With --yes this is deleted of tenant ${id}:\n${names}`,
        );
      }
      return erased ? EXIT.ok : EXIT.left;
    }),
};

/** On record before it is done, as a secret's use is. */
async function record(
  { loaded: { definition } }: Survey,
  { action, rule, tenant }: Pick<AccessRecord, 'action' | 'rule'> & { readonly tenant: string },
): Promise<void> {
  const principal = currentPrincipal();
  await definition.secrets?.audit?.record({
    action,
    decision: 'allow',
    path: '**',
    level: 'mask',
    rule,
    actor: 'uno-config',
    tenant,
    ...(principal !== undefined && { principal }),
  });
}

function documentOf({ facts, layers }: ExaminedTenant, plan: LoadPlan): unknown {
  const { identifier, state, plan: ofPlan, attributes } = facts;
  const settings = layers.map((layer) => safeDocument(layer.tree, plan));
  const $tenant = { identifier, state, ...(ofPlan !== undefined && { plan: ofPlan }), attributes };
  return { $tenant, ...settings.reduce<Record<string, unknown>>(merged, {}) };
}

function merged(below: unknown, above: unknown): Record<string, unknown> {
  const all: Record<string, unknown> = { ...(isConfigMap(below) ? below : {}) };
  for (const [key, value] of Object.entries(isConfigMap(above) ? above : {})) {
    all[key] = isConfigMap(value) && isConfigMap(all[key]) ? merged(all[key], value) : value;
  }
  return all;
}
