import fc from '../fast-check.js';
import { answerAt } from './compare.js';
import { closeScope, compareFamily, openScope } from './check-family.js';
import type { FamilyModel, FamilyWorld } from './family.js';
import type { Answer, Cell, ReloadModel } from './model-state.js';
import type { ReloadWorld } from './model-world.js';
import { over, said } from './overlay-model.js';

type Act<Model, World> = (model: Model, world: World) => void | Promise<void>;

/** Does the same to both and compares everything that can be seen. */
class Step implements fc.AsyncCommand<FamilyModel, FamilyWorld> {
  readonly #name: string;
  readonly #act: Act<FamilyModel, FamilyWorld>;
  readonly #applies: (model: Readonly<FamilyModel>) => boolean;

  public constructor(
    name: string,
    act: Act<FamilyModel, FamilyWorld>,
    applies: (model: Readonly<FamilyModel>) => boolean = () => true,
  ) {
    this.#name = name;
    this.#act = act;
    this.#applies = applies;
  }

  public check(model: Readonly<FamilyModel>): boolean {
    return this.#applies(model);
  }

  public async run(model: FamilyModel, world: FamilyWorld): Promise<void> {
    await this.#act(model, world);
    await compareFamily(model, world);
  }

  public toString(): string {
    return this.#name;
  }
}

type Member = 'base' | 'scope';
type Steps = fc.Arbitrary<Step>;

/** A step of one service, for the one of the family that it is chosen for. */
function step(
  name: string,
  act: (model: ReloadModel, world: ReloadWorld) => void,
  applies: (model: Readonly<ReloadModel>) => boolean = () => true,
): (member: Member) => Step {
  return (member) =>
    new Step(
      `${member}: ${name}`,
      (models, worlds) => {
        const [model, world] = [models[member], worlds[member]];
        if (model !== undefined && world !== undefined) act(model, world);
      },
      ({ [member]: model }) => model !== undefined && applies(model),
    );
}

const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map(String) },
  { weight: 1, arbitrary: fc.constant('many') },
  { weight: 2, arbitrary: fc.constant(undefined) },
);
export const source = fc.nat({ max: 1 });
export const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(cell, cell) },
  { weight: 1, arbitrary: fc.constant('down' as const) },
);

const anySource = fc.nat({ max: 2 });

const edit: Steps = fc.tuple(anySource, answer, fc.boolean()).map(
  ([at, saying, tells]) =>
    new Step(`source ${String(at)} will say ${fc.stringify(saying)}${tells ? ' and tells' : ''}`, (model, world) => {
      model.say(at, saying);
      world.say(at, saying);
      if (!tells) return;
      world.changed(at);
      model.hint(at);
    }),
);

const hint: Steps = anySource.map(
  (at) =>
    new Step(`source ${String(at)} tells of a change`, (model, world) => {
      world.changed(at);
      model.hint(at);
    }),
);

const reload = fc.constantFrom('asked', 'asked again').map((reason) =>
  step(`reload "${reason}"`, (model, world) => {
    world.track(model.request(reason), async () => world.reloads.reload(reason));
  }),
);

const respond = fc.nat({ max: 5 }).map((place) =>
  step(
    `a source answers (${String(place)})`,
    (model, world) => {
      answerAt(model, world, place);
    },
    ({ pending }) => pending.length > 0,
  ),
);

/** All at once, so that much moves: a request, and every answer that it waits for. */
const answered = fc.constant(
  step(
    'reload "answered", and all sources answer',
    (model, world) => {
      world.track(model.request('answered'), async () => world.reloads.reload('answered'));
      while (model.pending.length > 0) answerAt(model, world, 0);
    },
    ({ paused, pending }) => !paused && pending.length === 0,
  ),
);

const wait = fc.constantFrom(50, 100).map((milliseconds) =>
  step(`${String(milliseconds)} ms pass`, (model, world) => {
    model.advance(milliseconds);
    world.clock.advance(milliseconds);
  }),
);

const rollback = fc.nat({ max: 3 }).map((back) =>
  step(
    `roll back by ${String(back)}`,
    (model, world) => {
      const target = model.history.at(-1 - back);
      if (target === undefined) return;
      world.track(model.rollback(target), async () => world.reloads.rollback(target.number));
    },
    ({ history }) => back < history.length,
  ),
);

const pause = fc.constant(
  step('pause', (model, world) => {
    model.pause();
    world.reloads.pause();
  }),
);

const resume = fc.constant(
  step('resume', (model, world) => {
    model.resume();
    world.reloads.resume();
  }),
);

const veto = fc.constantFrom(true, false, false).map((vetoed) =>
  step(`the pool ${vetoed ? 'cannot' : 'can'} connect`, (model, world) => {
    model.vetoed = vetoed;
    world.vetoed = vetoed;
  }),
);

const judge = fc.boolean().map((isContent) =>
  step(
    `the hook is ${isContent ? '' : 'not '}content`,
    (model, world) => {
      model.judge(isContent);
      world.judge(isContent);
    },
    ({ isBaking }) => isBaking,
  ),
);

/** Those of one service; the frequent ones are listed more often. */
const ofMember = fc.oneof(
  { weight: 2, arbitrary: reload },
  { weight: 4, arbitrary: answered },
  { weight: 5, arbitrary: respond },
  { weight: 2, arbitrary: wait },
  { weight: 1, arbitrary: rollback },
  { weight: 1, arbitrary: pause },
  { weight: 4, arbitrary: resume },
  { weight: 1, arbitrary: veto },
  { weight: 3, arbitrary: judge },
);
const inBase: Steps = ofMember.map((make) => make('base'));
const inScope: Steps = ofMember.map((make) => make('scope'));

const scopeOpens: Steps = fc.tuple(fc.boolean(), fc.nat({ max: 5 })).map(
  ([verifies, veto]) =>
    new Step(
      `open a scope${verifies ? ' with a hook' : ''}${veto === 0 ? ' whose pool cannot connect' : ''}`,
      async (model, world) => {
        model.openScope(verifies, veto === 0);
        await openScope(world, verifies, veto === 0);
      },
      ({ scope }) => scope === undefined,
    ),
);

const scopeCloses: Steps = fc.constant(
  new Step(
    'close the scope',
    async (model, world) => {
      model.scope = undefined;
      await closeScope(world);
    },
    ({ scope }) => scope !== undefined,
  ),
);

const sayTenant: Steps = said.map(
  (saying) =>
    new Step(`the tenant says ${fc.stringify(saying)}`, async (model, world) => {
      model.overlay.said = saying;
      await world.sayTenant(saying);
    }),
);

const sayPlan: Steps = over.map(
  (saying) =>
    new Step(`its plan says ${fc.stringify(saying)}`, async (model, world) => {
      model.overlay.plan = saying;
      await world.sayPlan(saying);
    }),
);

const evict: Steps = fc.constant(
  new Step(
    'the tenant is evicted',
    async (model, world) => {
      model.overlay.forget();
      await world.evict();
    },
    ({ isLeased }) => !isLeased,
  ),
);

const lease: Steps = fc.boolean().map(
  (begins) =>
    new Step(
      `a lease of the tenant ${begins ? 'begins' : 'ends'}`,
      async (model, world) => {
        model.isLeased = begins;
        await (begins ? world.openLease() : world.closeLease());
      },
      ({ isLeased, overlay }) => isLeased !== begins && (!begins || overlay.seen !== undefined),
    ),
);

const call: Steps = fc.boolean().map(
  (begins) =>
    new Step(
      `a call for the tenant ${begins ? 'begins' : 'ends'}`,
      (model, world) => {
        model.isCalling = begins;
        if (begins) world.beginCall();
        else world.call = undefined;
      },
      ({ isCalling, overlay }) => isCalling !== begins && (!begins || overlay.seen !== undefined),
    ),
);

/** Of one service alone. */
export const commands = fc.commands([edit, edit, edit, hint, ...Array.from({ length: 16 }, () => inBase)], {
  size: '+1',
});

/** Of a service with a scope beside it and an overlay over it. */
export const scopedCommands = fc.commands(
  [
    ...[edit, edit, edit, edit, hint, scopeOpens, scopeOpens, scopeCloses],
    ...[sayTenant, sayTenant, sayPlan, evict, lease, call],
    ...Array.from({ length: 12 }, () => inBase),
    ...Array.from({ length: 8 }, () => inScope),
  ],
  { size: '+1' },
);
