import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { ConfigLayer, ConfigMap } from '../../../src/core/index.js';
import { createLayer } from '../../../src/core/index.js';
import type { RecoveryPolicy, SourceStatus } from '../../../src/runtime/index.js';
import { lastKnownGood } from '../../../src/runtime/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { garbage, outage, Recovering } from './recovering.js';

/** What happens at one read: what the source does, whether the load is committed in the end, and how long it takes. */
interface Step {
  readonly source: 'answers' | 'out-of-reach' | 'refuses' | 'broken';
  readonly committed: boolean;
  readonly restart: boolean;
  readonly wait: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    source: fc.constantFrom('answers', 'out-of-reach', 'refuses', 'broken'),
    committed: fc.boolean(),
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

/** The rules in the fewest words: what must be in use after a step, and what the health must say. */
class Model {
  disk: Held | undefined;
  current: Held | undefined;
  status: SourceStatus | undefined;
  attempts = 0;
  hasRetry = false;

  constructor(readonly policy: RecoveryPolicy | undefined) {}

  restart(): void {
    this.current = undefined;
    this.status = undefined;
    this.attempts = 0;
    this.hasRetry = false;
  }

  /** `undefined` when the load must fail. */
  read({ source }: Step, answer: ConfigMap, now: number): Held | undefined {
    if (source === 'answers') {
      this.status = 'ok';
      this.attempts = 0;
      this.hasRetry = false;
      return { tree: answer, saidAt: now };
    }
    this.attempts++;
    const held = source === 'broken' || this.policy === undefined ? undefined : this.#standIn();
    this.status = held === undefined ? 'failed' : held.saidAt === undefined ? 'defaults' : 'stale';
    const wantsRetry = this.policy !== undefined && this.policy.retry !== false;
    if (wantsRetry && (held !== undefined || this.current !== undefined)) this.hasRetry = true;
    return held;
  }

  commit(held: Held): void {
    this.current = held;
    if (this.policy?.lastKnownGood === true && held.saidAt !== undefined) this.disk = held;
  }

  #standIn(): Held | undefined {
    if (this.current !== undefined) return this.current;
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
        let inUse: readonly ConfigLayer[] | undefined;
        for (const [at, step] of sequence.entries()) {
          if (step.restart) {
            await service.recovery.close();
            service = new Recovering(policy, { lastKnownGood: cache });
            service.clock.advance(passed);
            inUse = undefined;
            model.restart();
          }
          service.clock.advance(step.wait);
          passed += step.wait;
          const answer = { serial: at };
          const expected = model.read(step, answer, service.clock.now());
          const source =
            step.source === 'answers' ? [createLayer({ name: 'service', tree: answer })] : failures[step.source]();
          const layers = await service.read(source, inUse).catch(() => undefined);
          expect(layers?.map(({ tree }) => tree)).toEqual(expected && [expected.tree]);
          const { status, attempts, nextAttempt, age } = service.health ?? {};
          expect({ status, attempts }).toEqual({ status: model.status, attempts: model.attempts });
          expect(nextAttempt !== undefined).toBe(model.hasRetry);
          expect(service.clock.waiting).toBe(model.hasRetry ? 1 : 0);
          const saidAt = (expected ?? model.current)?.saidAt;
          expect(age).toBe(saidAt === undefined ? undefined : service.clock.now() - saidAt);
          if (layers === undefined || expected === undefined || !step.committed) continue;
          inUse = layers;
          model.commit(expected);
          await service.save(layers);
        }
        await service.recovery.close();
        expect(service.clock.waiting).toBe(0);
      }),
    );
  });
});
