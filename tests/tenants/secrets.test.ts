import { describe, expect, it } from '@jest/globals';
import { injectable } from 'inversify';
import { accessPolicy, type AccessRule } from '../../src/access.js';
import { auditLog, type AuditEvent } from '../../src/audit.js';
import { InjectSecret, type SecretHandle } from '../../src/container/index.js';
import { ConfigSection, ConfigStore, Secure, type SecureValue, TenantScope } from '../../src/index.js';
import { encryptSecret } from '../../src/keys.js';
import { testKeyring } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('mail')
class MailSettings {
  @Secure({ level: 'encrypt', audit: 'best-effort', optional: true }) readonly password?: SecureValue<string>;
}

@ConfigSection('payments')
@TenantScope('system')
class PaymentSettings {
  @Secure({ level: 'encrypt', audit: 'best-effort' }) readonly key!: SecureValue<string>;
}

@injectable()
class Mailer {
  constructor(
    @InjectSecret(MailSettings, 'password') readonly password: SecretHandle<string>,
    @InjectSecret(PaymentSettings, 'key') readonly key: SecretHandle<string>,
  ) {}
}

const keyring = testKeyring({ app: 'orders' });
const SECTIONS = [MailSettings, PaymentSettings];

/** Two tenants with a password each, over a base with a key of all. */
async function worldWith(rules: readonly AccessRule[] = []) {
  const events: AuditEvent[] = [];
  const audit = auditLog({ sinks: [{ name: 'list', append: (more) => Promise.resolve(void events.push(...more)) }] });
  const tokenFor = (tenant: string): object => ({
    mail: { password: keyring.encrypt(`of ${tenant}`, 'mail.password', tenant) },
  });
  const world = await TenantWorld.of(
    SECTIONS,
    { payments: { key: keyring.encrypt('of all', 'payments.key') } },
    { acme: tokenFor('acme'), beta: tokenFor('beta') },
    { load: { secrets: { keyring, app: 'orders', access: accessPolicy(rules), audit } } },
  );
  world.container.bind(Mailer).toSelf().inSingletonScope();
  await Promise.all(world.tenants.ids.map(async (id) => world.tenants.ready(id)));
  const recorded = async (): Promise<readonly Partial<AuditEvent>[]> => {
    await audit.close();
    return events.map(({ action, decision, path, tenant, actor }) => ({ action, decision, path, tenant, actor }));
  };
  const close = async (): Promise<void> => world[Symbol.asyncDispose]();
  return { world, mailer: world.container.get(Mailer), recorded, [Symbol.asyncDispose]: close };
}

const opened = (secret: { use<R>(fn: (value: string) => R): R } | undefined): string | undefined =>
  secret?.use((value) => value);

describe('secrets of tenants', () => {
  it('are recorded with the tenant: whose they are, or for whom the code runs', async () => {
    await using made = await worldWith();
    const { mailer, recorded } = made;
    const { tenants } = made.world;
    expect(tenants.run('acme', () => opened(mailer.password))).toBe('of acme');
    expect(opened(tenants.settings('beta', MailSettings).password)).toBe('of beta');
    expect(tenants.run('beta', () => opened(mailer.key))).toBe('of all');
    opened(mailer.key);
    const use = { action: 'use', decision: 'allow' };
    expect(await recorded()).toEqual([
      { ...use, path: 'mail.password', tenant: 'acme', actor: 'Mailer' },
      { ...use, path: 'mail.password', tenant: 'beta', actor: undefined },
      { ...use, path: 'payments.key', tenant: 'beta', actor: 'Mailer' },
      { ...use, path: 'payments.key', tenant: undefined, actor: 'Mailer' },
    ]);
  });

  it('of one tenant do not open while the code runs for another one', async () => {
    await using made = await worldWith();
    const { tenants } = made.world;
    const kept = tenants.settings('acme', MailSettings).password;
    expect(await caught(() => tenants.run('beta', () => opened(kept)))).toMatchObject({
      code: 'tenant-mismatch',
      message: expect.stringContaining('The secret "mail.password" of tenant "acme" is used for tenant "beta".'),
    });
  });

  it('stay the same by their fingerprints while the tenant is reloaded, and differ from those of others', async () => {
    await using made = await worldWith();
    const { world } = made;
    const { tenants } = made.world;
    const printOf = (id: string): string | undefined => tenants.settings(id, MailSettings).password?.fingerprint;
    const before = printOf('acme');
    const same = { mail: { password: keyring.encrypt('of acme', 'mail.password', 'acme') } };
    await world.say('acme', same);
    await tenants.evict('acme');
    await tenants.ready('acme');
    expect([printOf('acme') === before, printOf('beta') === before]).toEqual([true, false]);
  });

  it('that do not open are told, also where only a module would use them', async () => {
    await using made = await worldWith();
    const { world } = made;
    const at = 'modules.billing.mail.password';
    const billing = (tenant: string): object => ({
      modules: { billing: { mail: { password: keyring.encrypt('of billing', at, tenant) } } },
    });
    await world.say('acme', billing('acme'));
    await using lease = await world.tenants.for('acme');
    const inBilling = (): string | undefined =>
      opened(lease.container.get(ConfigStore).current.view('billing').get(MailSettings).password);
    expect(inBilling()).toBe('of billing');
    await world.say('acme', billing('beta'));
    expect(world.tenants.health().quarantined.get('acme')?.issues).toMatchObject([
      { code: 'secret-not-opened', path: at.split('.') },
    ]);
    expect(inBilling()).toBe('of billing');
  });

  it('are denied by rules that name tenants, also to code that has lost its tenant', async () => {
    await using made = await worldWith([
      { name: 'trials', effect: 'deny', paths: ['payments.*'], rights: ['use'], tenants: ['acme'] },
    ]);
    const { mailer, recorded } = made;
    const { tenants } = made.world;
    expect(tenants.run('beta', () => opened(mailer.key))).toBe('of all');
    const denied = await caught(() => tenants.run('acme', () => opened(mailer.key)));
    expect([denied.code, denied.message]).toEqual([
      'access-denied',
      expect.stringContaining('Mailer, without a principal, for the tenant "acme", may not use "payments.key"'),
    ]);
    expect((await caught(() => opened(mailer.key))).message).toContain(
      'the rule "trials" denies it to code for the tenant "acme", and an unidentified caller',
    );
    expect((await recorded()).map(({ decision, tenant }) => [decision, tenant])).toEqual([
      ['allow', 'beta'],
      ['deny', 'acme'],
      ['deny', undefined],
    ]);
  });

  it('are opened to the tenants that an allow rule names, and to nobody else', async () => {
    await using made = await worldWith([
      { name: 'paid', effect: 'allow', paths: ['payments.*'], rights: ['use'], tenants: ['acme'] },
    ]);
    const { mailer } = made;
    const { tenants } = made.world;
    expect(tenants.run('acme', () => opened(mailer.key))).toBe('of all');
    expect((await caught(() => tenants.run('beta', () => opened(mailer.key)))).message).toContain(
      'the rule "paid" allows it for the tenant "acme" only',
    );
  });

  it('that a program encrypts open for that tenant, and the write is recorded with it', async () => {
    const events: AuditEvent[] = [];
    const audit = auditLog({ sinks: [{ name: 'list', append: (more) => Promise.resolve(void events.push(...more)) }] });
    const options = { sections: SECTIONS, environment: 'test', secrets: { keyring, app: 'orders', audit } };
    const token = await encryptSecret('mail.password', 'of acme', { ...options, tenant: 'acme' });
    await audit.close();
    expect(events).toMatchObject([{ action: 'write', path: 'mail.password', tenant: 'acme' }]);
    const said = { acme: { mail: { password: token } }, beta: { mail: { password: token } } };
    const base = { payments: { key: keyring.encrypt('of all', 'payments.key') } };
    await using world = await TenantWorld.of(SECTIONS, base, said, { load: { secrets: { keyring, app: 'orders' } } });
    await world.tenants.ready('acme');
    expect(opened(world.tenants.settings('acme', MailSettings).password)).toBe('of acme');
    expect((await caught(async () => world.tenants.ready('beta'))).issues[0]?.code).toBe('secret-not-opened');
  });
});
