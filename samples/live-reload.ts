// Live reload: a file is edited while the program runs. Settings change as a whole, or not at all.
//
//   npm run sample -- live-reload
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container, injectable } from 'inversify';
import { IsNumber, IsString, Max, Min } from 'class-validator';
import {
  ConfigEvents,
  ConfigModule,
  ConfigSection,
  formatOrigin,
  InjectMonitor,
  ReloadService,
  type SectionMonitor,
  yamlFile,
} from 'uno-config';
import { configHealth } from 'uno-config/observability';

@ConfigSection('pricing')
class PricingSettings {
  @IsString() public readonly currency: string = 'EUR';
  @IsNumber() @Min(0) @Max(100) public readonly vat: number = 19;
}

@injectable()
class Prices {
  // A monitor has the settings of now; the class itself would be those of the moment when this was made.
  public constructor(@InjectMonitor(PricingSettings) private readonly pricing: SectionMonitor<PricingSettings>) {}

  public gross(net: number): string {
    const { vat, currency } = this.pricing.current;
    return `${(net * (1 + vat / 100)).toFixed(2)} ${currency}`;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'uno-config-sample-'));
process.chdir(folder);

/** As careful editors and Kubernetes do: a reader finds the old file or the new one. */
async function edit(text: string): Promise<void> {
  await writeFile('app.yaml.new', text);
  await rename('app.yaml.new', 'app.yaml');
}

await edit('pricing:\n  vat: 19\n');
const container = new Container();
container.bind(Prices).toSelf().inSingletonScope();
await container.loadAsync(
  ConfigModule.fromOptions({ sections: [PricingSettings], sources: [yamlFile('app.yaml')], reload: { watch: true } }),
);
const reloads = container.get(ReloadService);
const prices = container.get(Prices);
// Watching keeps no process alive. In a service its server does, here a timer.
const server = setInterval(() => undefined, 60_000);
const events = container.get(ConfigEvents).stream()[Symbol.asyncIterator]();

/** Waits for the reload that an edit causes, and prints what came of it. */
async function printOutcome(): Promise<void> {
  const { value } = await events.next();
  if (value === undefined) throw new Error('The events have ended.');
  if (value.type === 'ConfigChanged') {
    for (const { path, before, after, origin } of value.sections.flatMap(({ changes }) => changes)) {
      const place = origin === undefined ? '' : ` (${formatOrigin(origin)})`;
      console.log(`${path}: ${String(before)} -> ${String(after)}${place}`);
    }
  }
  if (value.type === 'ConfigReloadRejected') console.log(value.error.message);
}

console.log(`100 net are ${prices.gross(100)}.\n`);
await edit('pricing:\n  vat: 21\n');
await printOutcome();
console.log(`100 net are ${prices.gross(100)}: the same object, with the settings of now.\n`);

await edit('pricing:\n  vat: 210\n  currency: CHF\n');
await printOutcome();
console.log(`100 net are ${prices.gross(100)}: nothing of a bad file is used.`);
console.log(`Health: ${configHealth(reloads).status}.\n`);

const { status } = await reloads.rollback(1);
console.log(`Back to generation 1 by hand: ${status}, 100 net are ${prices.gross(100)}.`);

clearInterval(server);
await container.unbindAllAsync();
process.chdir(tmpdir());
await rm(folder, { recursive: true });

/* prints:
100 net are 119.00 EUR.

pricing.vat: 19 -> 21 (pricing.vat (app.yaml:2:8))
100 net are 121.00 EUR: the same object, with the settings of now.

1 setting is not valid (development):
  - pricing.vat: must not be greater than 100, got 210
    from pricing.vat (app.yaml:2:8)
100 net are 121.00 EUR: nothing of a bad file is used.
Health: degraded.

Back to generation 1 by hand: committed, 100 net are 119.00 EUR.
*/
