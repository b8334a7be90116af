// What happens inside a process that measures flags beside the rule engine of flagd alone.
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';
import { median } from '../statistics.js';
import { timeLoops } from '../tight-loop.js';

const CONTEXT = { targetingKey: 'user 4711', country: 'NL', app: '2.4.1', email: 'ann@example.com' };
const onOff = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };

/** Three clauses of a branch, as teams write them. */
const threeClauses = (country) => ({
  if: [
    {
      and: [
        { in: [{ var: 'country' }, [country, 'DK']] },
        { sem_ver: [{ var: 'app' }, '>=', '2.0.0'] },
        { ends_with: [{ var: 'email' }, '@example.com'] },
      ],
    },
    'on',
    'off',
  ],
});

/** Nanoseconds of one evaluation, of a flag without a rule and of one with three clauses, and of the engine alone. */
export async function timeEvaluations(evaluation) {
  const flags = { fixed: onOff, ruled: { ...onOff, targeting: threeClauses('NL') } };
  const { handles, engine } = await opened({ flags, evaluation });
  const core = new engine.FlagdCore(undefined, SILENT, { disableDynamicCodeGeneration: evaluation === 'interpreted' });
  core.setConfigurations(JSON.stringify({ flags }));
  const { fixed, ruled } = handles;
  return timeLoops({
    engineFixed: (turns) => count(turns, () => core.resolveBooleanEvaluation('fixed', true, CONTEXT).value),
    engineRuled: (turns) => count(turns, () => core.resolveBooleanEvaluation('ruled', false, CONTEXT).value),
    fixed: (turns) => count(turns, () => fixed.value),
    ruled: (turns) => count(turns, () => ruled.evaluate(CONTEXT).value),
  });
}

/** CPU milliseconds to load 10,000 flags and ask each, and to reload them with one changed; the engine alone, too. */
export async function measureMany() {
  const of = (changed) =>
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [
        `flag-${n}`,
        { ...onOff, targeting: threeClauses(n === changed ? 'X' : 'NL') },
      ]),
    );
  const engineLoads = [];
  const { opens, reload, flags, engine } = await opened({ flags: of(-1) });
  const core = new engine.FlagdCore(undefined, SILENT, { disableDynamicCodeGeneration: true });
  const texts = [0, 1, 2, 3].map((changed) => JSON.stringify({ flags: of(changed) }));
  for (const text of texts) {
    const clock = startCpuClock();
    core.setConfigurations(text);
    engineLoads.push(clock());
  }
  for (let n = 0; n < 10_000; n += 1) flags.evaluate(`flag-${n}`, false, CONTEXT);
  const reloads = [];
  for (const changed of [0, 1, 2]) {
    const clock = startCpuClock();
    await reload({ flags: of(changed) });
    flags.evaluate(`flag-${changed}`, false, CONTEXT);
    reloads.push(clock());
  }
  return {
    load: opens,
    reload: median(reloads),
    engineLoad: engineLoads[0],
    engineReload: median(engineLoads.slice(1)),
  };
}

/** Flags in a container, and how many CPU milliseconds it took to load them. */
async function opened(first) {
  const { ConfigModule, ReloadService, section } = await importOurs('uno-config');
  const { defineFlags, Flag, flagIdentifier, FlagSettings, flagsIdentifier } = await importBuilt('flags.js');
  const { Container } = await importOurs('inversify');
  const engine = await import('@openfeature/flagd-core');
  class Two {}
  for (const key of ['fixed', 'ruled']) Flag({ key, default: false })(Two.prototype, key);
  let features = first;
  const from = section(FlagSettings, { path: 'features' });
  const definition = defineFlags({ from, flags: [Two], driver: () => engine });
  const container = new Container();
  const clock = startCpuClock();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'production',
      sections: [from],
      sources: [{ name: 'features', load: () => ({ features }) }],
      resources: [definition],
    }),
  );
  const opens = clock();
  return {
    engine,
    opens,
    flags: container.get(flagsIdentifier(definition)),
    handles: { fixed: container.get(flagIdentifier('fixed')), ruled: container.get(flagIdentifier('ruled')) },
    reload: async (next) => {
      features = next;
      const { status } = await container.get(ReloadService).reload('changed');
      if (status !== 'committed') throw new Error(`The reload was ${status}.`);
    },
  };
}

async function count(turns, ask) {
  let sum = 0;
  for (let turn = 0; turn < turns; turn += 1) sum += ask() ? 1 : 2;
  return sum;
}

const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function ignore() {
  // The engine has nothing to say.
}
