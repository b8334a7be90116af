import { describe, expect, it } from '@jest/globals';
import {
  absorbed,
  asked,
  committed,
  heard,
  nextStep,
  objected,
  outsideChanged,
  refused,
  rejected,
  returned,
  rolledBack,
  trusted,
  trustStateOf,
  unmet,
  withdrawn,
  type TrustState,
  type TrustStep,
} from '../../src/runtime/reload/trust-state.js';
import fc from '../fast-check.js';

// What a source may say: two that are good, and one each that a hook objects to, a participant vetoes, cannot be bound.
const [GOOD, BAD, VETOED, INVALID] = [2, 3, 4, 5];

/** A hook objects to one bad answer, and to two good ones of the first sources together. */
function isBad(answers: readonly number[]): boolean {
  return answers.includes(BAD) || (answers[0] === 1 && answers[1] === 1);
}

/** Carries out what the state says, as a pump does. */
class Pump {
  public state: TrustState<number> = trustStateOf<number>([0, 0, 0]);
  public asks = 0;
  /** What was tried and what became of it. */
  public readonly told: string[] = [];

  public move(...moves: readonly (readonly [source: number, answer: number])[]): this {
    let { newest } = this.state;
    for (const [source, answer] of moves) newest = newest.with(source, answer);
    this.state = heard(this.state, newest);
    return this.run();
  }

  public ask(): this {
    this.asks += 1;
    this.state = asked(this.state);
    this.carryOut(nextStep(this.state, true));
    return this.run();
  }

  /** The hooks have looked for as long as they had to. */
  public judge(): this {
    const { unproven } = this.state;
    if (unproven === undefined) return this;
    if (unproven !== 'kept' && isBad(unproven)) {
      this.told.push('objection');
      this.state = objected(this.state);
    } else {
      this.state = trusted(this.state);
    }
    return this.run();
  }

  public trust(): this {
    this.state = trusted(this.state);
    return this.run();
  }

  public rollBack(): this {
    this.state = rolledBack(this.state);
    return this.run();
  }

  public withdraw(): this {
    if (this.state.unproven !== undefined) this.state = withdrawn(this.state);
    return this.run();
  }

  public run(): this {
    for (let steps = 0; ; steps++) {
      const step = nextStep(this.state);
      if (step.does === 'rest' || step.does === 'wait') return this;
      if (steps > 20) throw new Error(`no rest: ${this.told.join(', ')}`);
      this.carryOut(step);
    }
  }

  private carryOut(step: TrustStep<number>): void {
    if (step.does === 'return') {
      this.told.push('return');
      this.state = returned(this.state);
    }
    if (step.does !== 'try') return;
    const { answers, again } = step;
    const what = answers.join('');
    if (answers.includes(INVALID)) {
      this.told.push(`invalid ${what}`);
      this.state = rejected(this.state, answers, again);
    } else if (answers.includes(VETOED)) {
      this.told.push(`veto ${what}`);
      this.state = refused(this.state, answers);
    } else {
      this.told.push(`commit ${what}`);
      this.state = committed(this.state, answers);
    }
  }
}

describe('which answers are tried', () => {
  it('a change of another source waits for the verdict, and goes on alone after an objection', () => {
    const pump = new Pump().move([0, BAD]).move([1, 1]);
    expect([nextStep(pump.state), pump.told]).toEqual([{ does: 'wait' }, ['commit 300']]);
    pump.judge();
    expect(pump.told).toEqual(['commit 300', 'objection', 'commit 010']);
    expect(pump.judge().state.trusted).toEqual([0, 1, 0]);
  });

  it('a newer answer of a source that moved supersedes at once, with everything newest', () => {
    const pump = new Pump().move([0, BAD]).move([1, 1]).move([0, 2]);
    expect(pump.told).toEqual(['commit 300', 'commit 210']);
    expect(pump.judge().state.trusted).toEqual([2, 1, 0]);
  });

  it('a source that takes its change back returns to the trusted generation', () => {
    const pump = new Pump().move([0, BAD]).move([0, 0]);
    expect([pump.told, pump.state.unproven]).toEqual([['commit 300', 'return'], undefined]);
  });

  it('after three that nobody has judged, the next one waits', () => {
    const pump = new Pump().move([0, 1]).move([0, 2]).move([0, 1]).move([0, 2]);
    expect([pump.told, nextStep(pump.state)]).toEqual([['commit 100', 'commit 200', 'commit 100'], { does: 'wait' }]);
    pump.judge();
    expect(pump.told.slice(3)).toEqual(['commit 200']);
  });

  it('what was refused in company is tried once more, alone, when a companion changes, and then no more', () => {
    const pump = new Pump().move([0, BAD], [1, 1]).judge();
    expect(pump.told.splice(0)).toEqual(['commit 310', 'objection']);
    pump.move([2, 1]).judge();
    expect(pump.told.splice(0)).toEqual(['commit 001']);
    pump.move([0, 2]).judge().judge();
    expect([pump.told, pump.state.trusted]).toEqual([
      ['commit 201', 'commit 211'],
      [2, 1, 1],
    ]);
    const alone = new Pump()
      .move([0, BAD], [1, 1])
      .judge()
      .move([1, 2])
      .judge()
      .judge()
      .move([1, 1])
      .judge()
      .move([2, 1]);
    expect(alone.told).toEqual([
      'commit 310',
      'objection',
      'commit 020',
      'commit 320',
      'objection',
      'commit 010',
      'commit 011',
    ]);
  });

  it('what was refused alone is not tried again before it changes, or a person asks', () => {
    const pump = new Pump().move([0, VETOED]).move([1, 1]).judge();
    expect(pump.told.splice(0)).toEqual(['veto 400', 'commit 010']);
    expect([pump.ask().told.splice(0), pump.move([0, 2]).told]).toEqual([['veto 410'], ['commit 210']]);
  });

  it('nobody is refused when no generation can be made of the answers: they go together once they can', () => {
    const pump = new Pump().move([0, INVALID]).move([1, 1]).move([0, 2]);
    expect(pump.told).toEqual(['invalid 500', 'invalid 510', 'commit 210']);
  });

  it('what could not be made is tried again when keys or files that it names are others', () => {
    const pump = new Pump().move([0, INVALID]);
    const before = nextStep(pump.state);
    expect([before, nextStep(outsideChanged(pump.state))]).toEqual([
      { does: 'rest' },
      { does: 'try', answers: [INVALID, 0, 0] },
    ]);
  });

  it('a veto of what supersedes leaves the unproven generation in use, and its bake goes on', () => {
    const pump = new Pump().move([0, 1]).move([0, VETOED]);
    expect([pump.told, pump.state.unproven]).toEqual([
      ['commit 100', 'veto 400'],
      [1, 0, 0],
    ]);
    expect([pump.judge().state.trusted, unmet(pump.state)]).toEqual([[1, 0, 0], [0]]);
  });

  it('a person who asks waits for nobody', () => {
    const pump = new Pump().move([0, 1]).move([1, 2]);
    expect([pump.told.splice(0), pump.ask().told]).toEqual([['commit 100'], ['commit 120']]);
  });

  it('after a rollback to a kept generation nothing is tried before a source moves', () => {
    const pump = new Pump().move([0, 1]).judge().rollBack().judge();
    expect([pump.told.splice(0), unmet(pump.state)]).toEqual([['commit 100'], [0, 1, 2]]);
    expect(pump.move([2, 1]).told).toEqual(['commit 101']);
  });

  it('a rollback is undone neither by what was refused nor by what waits, but by the next move', () => {
    const pump = new Pump().move([0, VETOED]).move([1, 1]).judge().move([2, 1]).withdraw();
    expect([pump.told.splice(0), pump.state.trusted]).toEqual([
      ['veto 400', 'commit 010', 'commit 011'],
      [0, 1, 0],
    ]);
    expect(pump.rollBack().judge().move([1, 2]).told).toEqual(['veto 421']);
  });

  it('answers that come to the settings in use are taken in without a bake of their own', () => {
    const pump = new Pump().move([0, 1]);
    pump.state = absorbed(heard(pump.state, [2, 0, 0]), [2, 0, 0]);
    expect([nextStep(pump.state), pump.judge().state.trusted]).toEqual([{ does: 'rest' }, [2, 0, 0]]);
  });
});

type Act = (pump: Pump) => unknown;

const ask: Act = (pump) => pump.ask();

const answer = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: GOOD }) },
  { weight: 3, arbitrary: fc.constantFrom(BAD, VETOED, INVALID) },
);
const move = fc.tuple(fc.nat(2), answer);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(move, { minLength: 1, maxLength: 3 }).map(
      (moves): Act =>
        (pump) =>
          pump.move(...moves),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Act>((pump) => pump.judge()) },
  { weight: 1, arbitrary: fc.constant(ask) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Act>(
      (pump) => pump.rollBack(),
      (pump) => pump.withdraw(),
    ),
  },
);

describe('whatever happens in whatever order', () => {
  it('no bad answer is trusted, nothing good is forgotten, and it comes to rest', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const pump = new Pump();
        for (const one of acts) {
          one(pump);
          expect(['rest', 'wait']).toContain(nextStep(pump.state).does);
          expect(pump.state.inRow).toBeLessThanOrEqual(3 + pump.asks);
        }
        while (pump.state.unproven !== undefined) pump.judge();
        expect(nextStep(pump.state)).toEqual({ does: 'rest' });
        checkRest(pump.state);
      }),
    );
  });
});

/** At rest all is in use that the sources say, or it is known why not. */
function checkRest(state: TrustState<number>): void {
  const { trusted: made, newest, refused: refusals, quiet, still } = state;
  if (made === 'kept') {
    expect([String(still), String(quiet)]).toContain(String(newest));
    return;
  }
  expect([isBad(made), made.includes(VETOED), made.includes(INVALID)]).toEqual([false, false, false]);
  const wanted = newest.map((said, source) => (refusals.has(source) ? made[source] : said));
  // What is neither in use nor refused belongs to answers of which no generation can be made, or that were left behind.
  if (String(wanted) !== String(made))
    expect([String(quiet) === String(wanted), String(still) === String(newest)]).toContain(true);
  for (const [source, { answer: said, companions }] of refusals) {
    expect([newest[source], made[source] === said]).toEqual([said, false]);
    // A good one stays refused only beside an unchanged companion, or when it was tried alone.
    for (const [other, companion] of companions) expect(newest[other]).toBe(companion);
  }
}
