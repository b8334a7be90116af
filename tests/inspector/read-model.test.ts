import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineFlags, flagsIdentifier, FlagSettings } from '../../src/flags/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { accessPolicy, auditFile, auditLog } from '../../src/security/index.js';
import { defineTenants, TenantContainers } from '../../src/tenants/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { HttpSettings, InspectorWorld, PaymentSettings } from './inspector-world.js';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function worldOf(...given: Parameters<typeof InspectorWorld.of>): Promise<InspectorWorld> {
  const world = await InspectorWorld.of(...given);
  open.push(world);
  return world;
}

const SECRET = 'sk-live-4f9b27c1';
const VALUES = {
  http: { port: 8080 },
  payment: { apiKey: SECRET, webhookSecret: `${SECRET}-hook` },
};

describe('what a viewer sees', () => {
  it('is every setting with its value and its place, secrets masked', async () => {
    const world = await worldOf(VALUES);
    expect(await world.api('settings')).toEqual({
      generation: 1,
      places: ['base', 'default'],
      types: ['integer', 'string', 'secret string'],
      rows: [
        ['http.port', '8080', 0, 0, 0, ''],
        ['http.greeting', '"Hello"', 1, 1, 0, ''],
        ['payment.provider', '"acme"', 1, 1, 0, ''],
        ['payment.webhookSecret', '[secure]', 1, 0, 0, 'secret'],
        ['payment.apiKey', '[secure]', 2, 0, 0, 'secret'],
      ],
    });
  });

  it('is why a setting is what it is', async () => {
    const world = await worldOf(VALUES);
    expect(await world.api('explain?path=http.port')).toEqual({
      path: 'http.port',
      value: '8080',
      description: 'Where the service listens.',
      winner: { value: '8080', from: 'http.port (base)' },
      joined: [],
      losers: [{ value: '3000', from: 'http.port (default)' }],
      references: [],
      settings: [],
    });
    expect(await world.api('explain?path=a..b')).toEqual({
      error: { code: 'invalid-path', message: expect.stringContaining('a..b') },
    });
  });

  it('is what has changed, what waits for a restart and what was refused', async () => {
    const world = await worldOf(VALUES);
    await world.change({ http: { port: 9090, greeting: 'Hi' } });
    expect(await world.api('diff?before=1&after=2')).toEqual([
      { path: 'http.greeting', kind: 'changed', before: '"Hello"', after: '"Hi"', from: 'http.greeting (base)' },
      ...['payment.webhookSecret', 'payment.apiKey'].map((path) => {
        return { path, kind: 'removed', before: '[secure]', after: '(not set)', from: `${path} (base)` };
      }),
    ]);
    expect(await world.api('diff?before=1&after=99')).toMatchObject({ error: { code: 'unknown-generation' } });
    expect(await world.change({ http: { port: 'many' } })).toBe('rejected');
    expect(await world.api('overview')).toMatchObject({
      environment: 'test',
      health: {
        status: 'degraded',
        generation: { number: 2 },
        sources: [{ source: 'base', status: 'ok' }],
        restartRequired: [{ path: 'http.port', before: 8080, after: 9090 }],
      },
      issues: [{ path: 'http.port', from: 'http.port (base)' }],
      history: [{ number: 1 }, { number: 2, reason: 'a test' }],
      layers: ['base'],
      secrets: [{ path: 'payment.webhookSecret' }, { path: 'payment.apiKey', level: 'mask' }],
      parts: { flags: false, tenants: false, audit: false, preview: true },
    });
  });

  it('holds no secret in any byte', async () => {
    const world = await worldOf(VALUES);
    await world.change({ ...VALUES, http: { port: 'many' } });
    await world.change({ payment: { apiKey: `${SECRET}-2` } });
    for (const name of [
      'overview',
      'settings',
      'explain?path=payment',
      'explain?path=payment.apiKey',
      'diff?before=1&after=2',
      'flags',
      'tenants',
      'audit',
    ]) {
      await world.api(name);
    }
    await world.api('preview', { edits: [{ path: 'payment.provider', value: 'other' }] });
    expect(world.heard.length).toBeGreaterThan(16);
    expect(world.heard.join('\n')).not.toContain(SECRET);
  });
});

describe('the access policy', () => {
  const access = accessPolicy([
    { effect: 'deny', paths: ['payment.apiKey'], rights: ['list'], principals: ['guest'] },
    { effect: 'deny', paths: ['payment.webhookSecret'], rights: ['read-masked'], principals: ['guest'] },
  ]);
  const names: Readonly<Record<string, string>> = { 'token-of-guest': 'guest', 'token-of-ann': 'ann' };
  const options = { authenticate: (token: string) => names[token] };

  it('leaves out what a viewer may not know of, in every answer', async () => {
    const world = await worldOf(VALUES, options, { secrets: { access } });
    await world.change({ ...VALUES, payment: { apiKey: { not: 'text' } } });
    const asked = async (token: string): Promise<string> => {
      const answers = ['overview', 'settings', 'explain?path=payment'].map(async (name) =>
        world.api(name, undefined, token),
      );
      return JSON.stringify(await Promise.all(answers));
    };
    const [guest, ann] = [await asked('token-of-guest'), await asked('token-of-ann')];
    expect(ann).toContain('payment.apiKey');
    expect(guest).not.toContain('payment.apiKey');
    expect(guest).toContain('A problem with settings that the access policy hides from you.');
    expect(guest).toContain('payment.webhookSecret","[withheld]');
    const edits = [{ path: 'payment.apiKye', value: 1 }];
    expect(JSON.stringify(await world.api('preview', { edits }, 'token-of-ann'))).toContain('payment.apiKey');
    expect(JSON.stringify(await world.api('preview', { edits }, 'token-of-guest'))).not.toContain('payment.apiKey');
    expect(await world.api('explain?path=payment.webhookSecret', undefined, 'token-of-guest')).toMatchObject({
      error: { code: 'access-denied' },
    });
  });

  it('decides about the audit log as well', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'uno-inspector-'));
    const log = auditLog({ sinks: [auditFile({ folder })] });
    const world = await worldOf(VALUES, { ...options, audit: folder }, { secrets: { access, audit: log } });
    await log.record({
      action: 'use',
      path: 'payment.apiKey',
      actor: 'PaymentClient',
      decision: 'allow',
      level: 'mask',
    });
    await log.record({
      action: 'use',
      path: 'payment.other',
      actor: 'PaymentClient',
      decision: 'allow',
      level: 'mask',
    });
    const paths = async (token: string): Promise<unknown> => {
      const events = (await world.api('audit', undefined, token)) as readonly { readonly path?: string }[];
      return events.map(({ path }) => path);
    };
    expect(await paths('token-of-ann')).toEqual(['payment.apiKey', 'payment.other']);
    expect(await paths('token-of-guest')).toEqual(['payment.other']);
    await log.close();
    await rm(folder, { recursive: true });
  });
});

describe('an edit that nobody has saved', () => {
  it('shows what would change, and changes nothing', async () => {
    const world = await worldOf(VALUES);
    expect(
      await world.api('preview', {
        edits: [
          { path: 'http.greeting', value: 'Hi' },
          { path: 'http.port', value: 9090 },
        ],
        layer: 'base',
      }),
    ).toEqual({
      status: 'accepted',
      changes: [
        {
          path: 'http.greeting',
          kind: 'changed',
          before: '"Hello"',
          after: '"Hi"',
          from: 'http.greeting (base, not saved)',
        },
      ],
      restart: ['http.port'],
    });
    expect(world.reloads.current.number).toBe(1);
    expect(world.reloads.history()).toHaveLength(1);
    expect(await world.api('overview')).toMatchObject({ health: { status: 'healthy' } });
  });

  it('takes a value away where it has none', async () => {
    const world = await worldOf(VALUES);
    const edits = [{ path: 'http.port' }];
    expect(await world.api('preview', { edits, layer: 'base' })).toMatchObject({
      status: 'accepted',
      restart: ['http.port'],
    });
  });

  it('shows what would be refused, with the place', async () => {
    const world = await worldOf(VALUES);
    expect(await world.api('preview', { edits: [{ path: 'http.port', value: 99_999 }] })).toEqual({
      status: 'rejected',
      message: expect.any(String),
      issues: [
        expect.objectContaining({ path: 'http.port', message: expect.any(String), from: 'http.port (not saved)' }),
      ],
    });
    expect(await world.api('preview', { edits: [{ path: 'http.prot', value: 1 }] })).toMatchObject({
      status: 'rejected',
      issues: [{ path: 'http.prot', hint: expect.stringContaining('http.port') }],
    });
  });

  it.each([
    ['a secret', { path: 'payment.apiKey', value: SECRET }],
    ['a secret by another spelling', { path: 'payment.API_KEY', value: SECRET }],
    ['a secret inside a map', { path: 'payment', value: { apiKey: SECRET } }],
    ['what only looks like one', { path: 'payment.webhookSecret', value: SECRET }],
    ['a reference', { path: 'http.greeting', value: '${payment.apiKey}' }],
    ['a reference to a variable', { path: 'http.greeting', value: ['${env:HOME}'] }],
    ['a key that brings in others', { path: 'http', value: { $extends: 'payment' } }],
  ])('is not tried with %s, whose outcome could show a secret', async (_, edit) => {
    const world = await worldOf(VALUES);
    expect(await world.api('preview', { edits: [edit] })).toMatchObject({ status: 'refused' });
  });

  it('is not tried in a layer that there is not, nor where the application forbids it', async () => {
    const edits = [{ path: 'http.greeting', value: 'Hi' }];
    const world = await worldOf(VALUES);
    expect(await world.api('preview', { edits, layer: 'other' })).toEqual({
      status: 'refused',
      message: 'There is no such layer.',
    });
    const strict = await worldOf(VALUES, { preview: false });
    expect(await strict.api('preview', { edits })).toMatchObject({ error: { message: 'There is nothing here.' } });
    expect(await strict.api('overview')).toMatchObject({ parts: { preview: false } });
  });
});

describe('tenants', () => {
  it('are listed with what is wrong, and explained as each has its settings', async () => {
    const documents = new Map([
      ['acme', { payment: { provider: 'other' } }],
      ['beta', { payment: { provider: 5 } }],
    ]);
    const world = await worldOf(VALUES, (container) => ({ tenants: container.get(TenantContainers) }), {
      tenants: defineTenants({ layers: new WatchedValues(documents, 'tenants') }),
    });
    expect(await world.api('explain?path=payment.provider&tenant=acme')).toMatchObject({
      value: '"other"',
      losers: [{ value: '"acme"', from: 'payment.provider (default)' }],
    });
    expect(await world.api('explain?path=payment.provider&tenant=beta')).toMatchObject({
      error: { code: 'tenant-quarantined' },
    });
    await expect(world.container.get(TenantContainers).ready('beta')).rejects.toThrow('beta');
    expect(await world.api('tenants')).toMatchObject({
      counts: { known: 2, live: 0, containers: 0, quarantined: 1 },
      tenants: [
        { id: 'beta', state: 'quarantined', message: expect.any(String) },
        { id: 'acme', state: 'known' },
      ],
    });
  });
});

describe('flags', () => {
  @ConfigSection('features')
  class Features extends FlagSettings {}

  it('are listed, and evaluated in a context of the viewer’s choice, without what they have of secrets', async () => {
    const features = defineFlags({ from: Features });
    const flags = {
      banner: { variants: { on: '${payment.webhookSecret}', off: 'Hello' }, defaultVariant: 'on' },
    };
    const world = await worldOf(
      { ...VALUES, features: { flags } },
      (container) => ({ flags: container.get(flagsIdentifier(features)) }),
      { sections: [HttpSettings, PaymentSettings, Features], resources: [features] },
    );
    expect(await world.api('flags')).toMatchObject([
      { name: 'flags', state: 'ready', rows: [{ key: 'banner', variants: { on: '[secure]', off: 'Hello' } }] },
    ]);
    const asked = { flags: 'flags', key: 'banner', context: { targetingKey: 'ann' } };
    expect(await world.api('flag', asked)).toMatchObject({ variant: 'on', value: '[secure]', reason: 'STATIC' });
    expect(await world.api('flag', { ...asked, flags: 'others' })).toMatchObject({
      error: { message: 'There is nothing here.' },
    });
    expect(world.heard.join('\n')).not.toContain(SECRET);
  });
});
