import { spawnSync } from 'node:child_process';
import { injectable } from 'inversify';
import { describe, expect, it } from '@jest/globals';
import { flagIdentifier, flagsIdentifier, InjectFlag, InjectFlags, type FlagHandle } from '../../../src/flags/index.js';
import { serviceProgram } from '../service-program.js';
import { CheckoutFlags, driver, flagsOf, onOff } from './flag-world.js';

const abroad = { if: [{ '!=': [{ var: 'country' }, 'DE'] }, 'on'] };

describe('flags', () => {
  it('are read from a class, in the context that the code runs in', async () => {
    @injectable()
    class Checkout {
      public constructor(
        @InjectFlags(CheckoutFlags) public readonly flags: CheckoutFlags,
        @InjectFlag(CheckoutFlags, 'newCheckout') public readonly isNew: FlagHandle<boolean>,
      ) {}
    }
    const { container, flags } = await flagsOf({ flags: { 'new-checkout': { ...onOff, targeting: abroad } } });
    container.bind(Checkout).toSelf();
    const checkout = container.get(Checkout);
    expect(flags.run({ country: 'DE' }, () => checkout.flags.headline)).toBe('Buy');
    expect(flags.run({ country: 'FR' }, () => checkout.flags.headline)).toBe('Buy in one step');
    const inside = flags.run({ country: 'FR' }, () => flags.run({ plan: 'x' }, () => checkout.isNew.evaluate()));
    expect(inside).toMatchObject({ value: true, variant: 'on', reason: 'TARGETING_MATCH' });
    expect(checkout.isNew.evaluate({ country: 'DE' })).toMatchObject({ value: false, reason: 'DEFAULT' });
  });

  it('are asked for a context of their own, whatever is set', async () => {
    const { flags } = await flagsOf({ flags: { 'new-checkout': { ...onOff, targeting: abroad } } });
    const french = flags.of(CheckoutFlags, { country: 'FR' });
    expect(flags.run({ country: 'DE' }, () => french.newCheckout)).toBe(true);
    expect(Object.entries(french)).toEqual([
      ['newCheckout', true],
      ['button', 'Buy'],
    ]);
  });

  it('follow their definitions, key by key', async () => {
    const flag = { ...onOff, targeting: abroad };
    const { container, flags, edit } = await flagsOf({ flags: { 'new-checkout': flag, other: flag, third: flag } });
    const isNew = container.get(flagIdentifier(CheckoutFlags, 'newCheckout'));
    const changes: (readonly string[])[] = [];
    const end = flags.onChange(({ keys }) => changes.push(keys));
    await edit({ features: { flags: { 'new-checkout': { ...flag, forced: 'on' }, other: flag } } });
    expect([isNew.evaluate({ country: 'DE' }).reason, changes]).toEqual(['FORCED', [['new-checkout', 'third']]]);
    end();
    await edit({ features: { flags: {} } });
    expect([isNew.evaluate(), changes.length]).toEqual([
      { key: 'new-checkout', value: false, reason: 'DEFAULT', metadata: {} },
      1,
    ]);
  });

  it('change with the rules that they share, and with what they depend on', async () => {
    const isMember = (group: string) => ({ '==': [{ var: 'group' }, group] });
    const flagsBefore = {
      shared: { ...onOff, targeting: { if: [{ $ref: 'inner' }, 'on'] } },
      dependent: { ...onOff, defaultVariant: 'on', offVariant: 'off', prerequisites: { shared: 'on' } },
      alone: onOff,
    };
    const evaluators = { inner: { '!': [{ '!': [{ $ref: 'member' }] }] }, member: isMember('a') };
    const { flags, edit } = await flagsOf({ flags: flagsBefore, $evaluators: evaluators });
    const of = (key: string, group: string) => flags.evaluate(key, false, { group });
    expect(of('dependent', 'b')).toMatchObject({ value: false, reason: 'PREREQUISITE_NOT_MET' });
    const changes: (readonly string[])[] = [];
    flags.onChange(({ keys }) => changes.push([...keys].sort()));
    await edit({ features: { flags: flagsBefore, $evaluators: { ...evaluators, member: isMember('b') } } });
    expect(changes).toEqual([['dependent', 'shared']]);
    expect([of('shared', 'b').value, of('dependent', 'b').value, of('dependent', 'a').value]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('go on with what they have when the next definitions cannot be used', async () => {
    const { flags, edit } = await flagsOf({ flags: { 'new-checkout': { ...onOff, forced: 'on' } } });
    const outcome = await edit({ features: { flags: { 'new-checkout': { ...onOff, forced: 'om' } } } });
    expect(outcome.status === 'rejected' && outcome.error.message).toContain(
      'features.flags.new-checkout.forced: there is no variant "om"',
    );
    const other = await edit({ features: { flags: { 'new-checkout': { variants: { on: 'yes' } } } } });
    expect(other.status === 'rejected' && other.error.message).toContain(
      'flags.new-checkout.variants: the variants are of type string, and CheckoutFlags.newCheckout is of type boolean',
    );
    expect(flags.evaluate('new-checkout', false).value).toBe(true);
  });

  it('say why, with the place of what decided', async () => {
    const targeting = { if: [{ $ref: 'eu' }, 'on', { sem_ver: [{ var: 'app' }, '>=', '2.0.0'] }, 'on', 'off'] };
    const $evaluators = { eu: { in: [{ var: 'country' }, ['DE', 'FR']] } };
    const { flags } = await flagsOf({ $evaluators, flags: { 'new-checkout': { ...onOff, targeting } } });
    const { decidedBy, ...why } = flags.explain('new-checkout', { country: 'US', app: '2.1.0' });
    expect(decidedBy).toBe('targeting.if[3]');
    expect(why.toString()).toBe(
      [
        'new-checkout is true (variant on): TARGETING_MATCH',
        '     targeting.if[0] does not hold: {"in":[{"var":"country"},["DE","FR"]]}',
        '     targeting.if[2] holds: {"sem_ver":[{"var":"app"},">=","2.0.0"]}',
        '  -> targeting.if[3] names "on"',
        '     from features.flags.new-checkout.targeting (values)',
      ].join('\n'),
    );
    expect(flags.explain('new-checkot').steps[0]?.says).toBe(
      'There is no flag "new-checkot"; did you mean "new-checkout"?',
    );
  });

  it('fail one by one over a context that a rule cannot take', async () => {
    const targeting = { if: [{ '>': [{ '/': [{ var: 'a' }, { var: 'b' }] }, 1] }, 'on'] };
    const { flags } = await flagsOf({
      flags: { 'new-checkout': { ...onOff, targeting }, button: { variants: { a: 'A' }, defaultVariant: 'a' } },
    });
    expect(flags.of(CheckoutFlags, { a: 'many', b: 'x' })).toMatchObject({ newCheckout: false, button: 'A' });
    expect(flags.evaluate('new-checkout', false, { a: 'many', b: 'x' })).toMatchObject({ errorCode: 'GENERAL' });
  });

  it('see the program, then the tenant, then the request, then the call', async () => {
    const targeting = { cat: [{ var: 'environment' }, '-', { var: 'version' }, '-', { var: 'who' }] };
    const variants = { 'test-2-call': 'seen' };
    const features = { flags: { seen: { variants, targeting: { if: [true, targeting] } } } };
    const { flags } = await flagsOf(features, { context: () => ({ version: 2, who: 'program' }) });
    expect(flags.run({ who: 'request' }, () => flags.evaluate('seen', '', { who: 'call' })).value).toBe('seen');
    const inRequest = () => flags.evaluate('seen', '').errorMessage;
    expect(flags.run({ who: 'request' }, inRequest)).toContain('test-2-request');
    const nested = flags.run({ who: 'request' }, () => [
      inRequest(),
      flags.run({ who: 'inner' }, inRequest),
      inRequest(),
    ]);
    expect(nested.map((message) => /2-(\w+)/.exec(message ?? '')?.[1])).toEqual(['request', 'inner', 'request']);
  });

  it('need the engine for rules only', async () => {
    const missing = () =>
      Promise.reject(
        Object.assign(new Error("Cannot find package 'no-such-engine' imported from here"), {
          code: 'ERR_MODULE_NOT_FOUND',
        }),
      );
    const { flags } = await flagsOf({ flags: { 'new-checkout': { ...onOff, forced: 'on' } } }, { driver: missing });
    expect(flags.evaluate('new-checkout', false).value).toBe(true);
    await expect(
      flagsOf({ flags: { 'new-checkout': { ...onOff, targeting: abroad } } }, { driver: missing }),
    ).rejects.toThrow('The option driver imports "no-such-engine", which cannot be found.');
  });

  it('may be compiled where the platform allows it', async () => {
    const features = { evaluation: 'compiled', flags: { 'new-checkout': { ...onOff, targeting: abroad } } };
    const { flags } = await flagsOf(features);
    expect(flags.of(CheckoutFlags, { country: 'FR' }).newCheckout).toBe(true);
    const engine = await driver();
    // As the engine does where code must not be made from strings: what it cannot read, it answers for with an error.
    class Forbidden extends engine.FeatureFlag {
      public override evaluate(): ReturnType<InstanceType<typeof engine.FeatureFlag>['evaluate']> {
        return { reason: 'ERROR', errorCode: 'PARSE_ERROR' as never, errorMessage: '', flagMetadata: {} };
      }
    }
    await expect(flagsOf(features, { driver: () => ({ FeatureFlag: Forbidden }) })).rejects.toThrow(
      'The rule engine cannot evaluate flags, or may not compile them.',
    );
  });

  it('have an identifier for classes and definitions only', () => {
    expect(() => flagsIdentifier(class Empty {})).toThrow('Empty has no property with @Flag({ key, default }).');
    expect(() => InjectFlags(undefined as never)).toThrow('declared later in the file or imported in a circle');
    expect(() => InjectFlag(CheckoutFlags, 'headline')).toThrow('CheckoutFlags.headline has no @Flag');
  });

  it('are evaluated where no code may be made from strings, and refuse to be compiled there', () => {
    const words = ['--disallow-code-generation-from-strings', serviceProgram('flags/without-code-generation.js')];
    const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    // Written by that program.
    const { variant, compiled } = JSON.parse(stdout) as { variant: string; compiled: string };
    expect(variant).toBe('on');
    expect(compiled).toContain('The rule engine cannot evaluate flags, or may not compile them.');
  });
});
