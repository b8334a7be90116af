import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { ConfigMap } from '../../../src/core/index.js';
import { createLayer } from '../../../src/core/index.js';
import type { RecoveryPolicy, SourceStatus } from '../../../src/runtime/index.js';
import { lastKnownGood } from '../../../src/runtime/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { garbage, outage, Recovering } from './slot-world.js';

/** What happens at one read: what the source does, whether the settings are trusted in the end, and how long it takes. */
interface Step {
  readonly source: 'answers' | 'out-of-reach' | 'refuses' | 'broken';
  readonly trusted: boolean;
  readonly restart: boolean;
  readonly wait: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    source: fc.constantFrom('answers', 'out-of-reach', 'refuses', 'broken'),
    trusted: fc.boolean(),
    restart: fc.boolean(),
    wait: fc.nat(400_000),
  }),
  { minLength: 1, maxLength: 12 },
);
const policies: fc.Arbitrary<RecoveryPolicy | undefined> = fc.option(
  fc.record({
    lastKnownGood: fc.boolean(),
    defaults: fc.boolean(),
    retry: fc.constantFrom<NonNullable<RecoveryPolicy['retry']>[]>(false, {}),
  }),
  { nil: undefined },
);

/** Values in use, and when the source said them; without a time they are the defaults. */
interface Held {
  readonly tree: ConfigMap;
  readonly saidAt?: number;
}

/** The rules in the fewest words: what may be built on after a step, and what the health must say. */
class Model {
  disk: Held | undefined;
  held: Held | undefined;
  status: SourceStatus | undefined;
  attempts = 0;
  hasRetry = false;

  constructor(readonly policy: RecoveryPolicy | undefined) {}

  restart(): void {
    this.held = undefined;
    this.status = undefined;
    this.attempts = 0;
    this.hasRetry = false;
  }

  /** `undefined` when nothing may be built. */
  read({ source }: Step, answer: ConfigMap, now: number): Held | undefined {
    if (source === 'answers') {
      this.status = 'ok';
      this.attempts = 0;
      this.hasRetry = false;
      return (this.held = { tree: answer, saidAt: now });
    }
    this.attempts++;
    const isBroken = source === 'broken' || this.status === 'bad';
    if (!isBroken) this.held ??= this.#standIn();
    if (this.held === undefined) return undefined;
    this.status = isBroken ? 'bad' : this.held.saidAt === undefined ? 'defaults' : 'stale';
    this.hasRetry = this.policy !== undefined && this.policy.retry !== false;
    return isBroken ? undefined : this.held;
  }

  trust(held: Held): void {
    if (this.policy?.lastKnownGood === true && held.saidAt !== undefined) this.disk = held;
  }

  #standIn(): Held | undefined {
    if (this.policy?.lastKnownGood === true && this.disk !== undefined) return this.disk;
    return this.policy?.defaults === true ? { tree: {} } : undefined;
  }
}

const failures = { 'out-of-reach': () => outage(), refuses: () => outage('source-refused'), broken: garbage };

describe('the chain of what stands in for a source', () => {
  it('is the one declared, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(policies, steps, async (policy, sequence) => {
        const model = new Model(policy);
        const cache = lastKnownGood({ folder: await temporaryFolder() });
        let service = new Recovering(policy, { lastKnownGood: cache });
        let passed = 0;
        for (const [at, step] of sequence.entries()) {
          // A start that has failed is over.
          if (step.restart || model.held === undefined) {
            await service.slots.end();
            service = new Recovering(policy, { lastKnownGood: cache });
            service.clock.advance(passed);
            model.restart();
          }
          // Its own turn is in other tests: here it would be one more read.
          const wait = step.wait % 80;
          service.clock.advance(wait);
          passed += wait;
          const answer = { serial: at };
          const expected = model.read(step, answer, service.clock.now());
          const source =
            step.source === 'answers' ? [createLayer({ name: 'service', tree: answer })] : failures[step.source]();
          const layers = await service.read(source).catch(() => undefined);
          expect(layers?.map(({ tree }) => tree)).toEqual(expected && [expected.tree]);
          if (model.held === undefined) continue;
          const { status, attempts, nextAttempt, age } = service.health ?? {};
          expect({ status, attempts }).toEqual({ status: model.status, attempts: model.attempts });
          expect(nextAttempt !== undefined).toBe(model.hasRetry);
          const { saidAt } = model.held;
          expect(age).toBe(saidAt === undefined ? undefined : service.clock.now() - saidAt);
          if (layers === undefined || expected === undefined || !step.trusted) continue;
          model.trust(expected);
          await service.save(layers);
        }
        await service.slots.end();
        expect(service.clock.waiting).toBe(0);
      }),
    );
  });
});
