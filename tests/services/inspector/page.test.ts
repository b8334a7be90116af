// The page of the inspector, in the browser that people look at it with.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import { IsBoolean, IsInt, IsString } from 'class-validator';
import type { Browser, Page } from 'playwright-core';
import { defineFlags, Flag, FlagSettings, flagsIdentifier } from '../../../src/flags/index.js';
import { reportHtml, reportOf } from '../../../src/inspector/index.js';
import { configFolder, ConfigSection, MapOf } from '../../../src/index.js';
import { accessPolicy, auditFile, auditLog } from '../../../src/security/index.js';
import { defineTenants, TenantContainers } from '../../../src/tenants/index.js';
import { HttpSettings, InspectorWorld, PaymentSettings, TOKEN } from '../../inspector/inspector-world.js';
import { WatchedValues } from '../../container/watched-values.js';
import { hasChromium, startChromium, timeToDraw, watchedPage, type Watched } from './browser.js';

const SECRET = 'sk-live-4f9b27c1';
const MARKUP = '<img src=x onerror="globalThis.owned = true"><script>globalThis.owned = true</script>';
const VALUES = { http: { port: 8080 }, payment: { apiKey: SECRET, webhookSecret: `${SECRET}-hook` } };

let browser: Browser;
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (hasChromium) browser = await startChromium();
});

afterAll(async () => {
  if (hasChromium) await browser.close();
});

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function worldOf(...given: Parameters<typeof InspectorWorld.of>): Promise<InspectorWorld> {
  const world = await InspectorWorld.of(...given);
  open.push(async () => world[Symbol.asyncDispose]());
  return world;
}

async function newPage(): Promise<Watched> {
  const watched = await watchedPage(browser);
  open.push(async () => watched.page.close());
  return watched;
}

/** Signs in with the token. */
async function look(world: InspectorWorld): Promise<Watched> {
  const watched = await newPage();
  await watched.page.goto(world.url);
  await watched.page.getByLabel('Token').fill(TOKEN);
  await watched.page.keyboard.press('Enter');
  await watched.page.getByRole('tree').waitFor();
  return watched;
}

/** What axe finds wrong, in words. */
async function barriers(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

const setting = (page: Page, key: string) => page.getByRole('treeitem').filter({ hasText: key });

class Item {
  @IsString() name: string = 'tea';
  @IsInt() price: number = 3;
  @IsInt() stock: number = 10;
  @IsBoolean() isSold: boolean = true;
  @IsString() supplier: string = 'acme';
}

@ConfigSection('catalogue')
class Catalogue {
  @MapOf(() => Item) items: Record<string, Item> = {};
}

@ConfigSection('features')
class Features extends FlagSettings {}

class CheckoutFlags {
  @Flag({ key: 'new-checkout', default: false, owner: 'checkout', expires: '2027-03-31' })
  readonly newCheckout!: boolean;
}

/** A service with everything that the page can show. */
async function fullWorld(): Promise<InspectorWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-inspector-'));
  open.push(async () => rm(folder, { recursive: true }));
  const log = auditLog({ sinks: [auditFile({ folder })] });
  await log.record({ action: 'use', path: 'payment.apiKey', actor: 'PaymentClient', decision: 'allow', level: 'mask' });
  open.push(async () => log.close());
  const features = defineFlags({ from: Features, flags: [CheckoutFlags] });
  return worldOf(
    {
      ...VALUES,
      features: { flags: { 'new-checkout': { variants: { on: true, off: false }, defaultVariant: 'on' } } },
    },
    (container) => ({
      flags: container.get(flagsIdentifier(features)),
      tenants: container.get(TenantContainers),
      audit: folder,
    }),
    {
      sections: [HttpSettings, PaymentSettings, Features],
      resources: [features],
      secrets: { access: accessPolicy([]), audit: log },
      tenants: defineTenants({
        layers: new WatchedValues(new Map([['acme', { payment: { provider: 'other' } }]]), 'tenants'),
      }),
    },
  );
}

const inBrowser = hasChromium ? describe : describe.skip;

inBrowser('the page', () => {
  it('shows why a setting is what it is, found by a search and chosen by keys alone', async () => {
    const world = await worldOf(VALUES);
    const { page, complaints } = await look(world);
    await page.getByLabel('Search').fill('PORT 8080');
    await page.getByText('1 settings').waitFor();
    await page.keyboard.press('Tab');
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    const drawer = page.getByRole('complementary', { name: 'http.port' });
    await drawer.getByText('http.port (base)').waitFor();
    expect(await drawer.innerText()).toMatch(
      /8080[^]*Where the service listens\.[^]*Over\s+(1\.\s+)?3000 http\.port \(default\)/,
    );
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('refuses a wrong token in words', async () => {
    const world = await worldOf(VALUES);
    const { page } = await newPage();
    await page.goto(world.url);
    await page.getByLabel('Token').fill('not-the-token-0123456789');
    await page.getByRole('button', { name: 'Look' }).click();
    expect(await page.getByRole('alert').innerText()).toBe('This token is of nobody.');
  });

  it('follows a change as it happens, and names what a rejected one has wrong', async () => {
    const world = await worldOf(VALUES);
    const { page, complaints } = await look(world);
    await world.change({ ...VALUES, http: { port: 8080, greeting: 'Good morning' } });
    await setting(page, 'greeting').getByText('"Good morning"').waitFor();
    await page.getByText('Generation 2 is in use.').waitFor();
    expect(await world.change({ http: { port: 'many' } })).toBe('rejected');
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems.getByText('http.port', { exact: true }).waitFor();
    expect(await problems.innerText()).toContain('The last reload was rejected');
    await world.change(VALUES);
    await problems.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Generations' }).click();
    await page.getByRole('region', { name: 'Changed settings' }).getByText('"Good morning"').waitFor();
    expect(complaints).toEqual([]);
  });

  it('tries an edit that is not saved', async () => {
    const world = await worldOf(VALUES);
    const { page } = await look(world);
    await page.getByRole('tab', { name: 'Try an edit' }).click();
    const attempt = async (path: string, value: string): Promise<string> => {
      await page.getByLabel('Setting', { exact: true }).fill(path);
      await page.getByLabel('Value').fill(value);
      await page.getByRole('button', { name: 'Try', exact: true }).click();
      const outcome = page.getByRole('status', { name: 'Outcome' });
      await outcome.getByText(path).or(outcome.getByText('A secret')).first().waitFor();
      return outcome.innerText();
    };
    expect(await attempt('http.greeting', 'Hi')).toContain('It would be accepted.');
    expect(await attempt('http.port', '99999')).toContain('It would be rejected');
    expect(await attempt('payment.apiKey', SECRET)).toContain('A secret cannot be edited here.');
    expect(world.reloads.current.number).toBe(1);
  });

  it('keeps up with 10,000 settings', async () => {
    const items = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`item-${String(at)}`, { price: at }]));
    const world = await worldOf({ catalogue: { items } }, {}, { sections: [Catalogue] });
    const { page, longestTask, complaints } = await look(world);
    await page.getByText('10000 settings').waitFor();
    await page.getByLabel('Search').fill('item-1999 price');
    await page.getByText('1 settings').waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByText('10000 settings').waitFor();
    await page.getByRole('tree').focus();
    for (const key of ['Home', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'End']) await page.keyboard.press(key);
    await setting(page, 'item-1999').waitFor();
    // What is not seen is not drawn.
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
    const longest = await longestTask();
    // What takes long is seen.
    await page.evaluate(`new Promise((resolve) => setTimeout(() => {
      for (const end = performance.now() + 150; performance.now() < end;);
      setTimeout(resolve, 50);
    }))`);
    expect(await longestTask()).toBeGreaterThanOrEqual(150);
    // Those of less than 50 ms are not counted. On a quiet machine there is none.
    expect(longest).toBeLessThan(await timeToDraw((await newPage()).page, 10_000));
    expect(complaints).toEqual([]);
  });

  it('shows markup in values as text', async () => {
    const world = await worldOf({ http: { greeting: MARKUP }, payment: { provider: '"></script><b>bold</b>' } });
    const { page, complaints } = await look(world);
    await setting(page, 'greeting').click();
    await page.getByRole('complementary').getByText('onerror').first().waitFor();
    await world.change({ http: { greeting: `${MARKUP}!` } });
    await page.getByText('Generation 2 is in use.').waitFor();
    expect(
      await page.evaluate('[document.images.length, document.querySelectorAll("b, script").length, globalThis.owned]'),
    ).toEqual([0, 1, null].map((each) => each ?? undefined));
    expect(complaints).toEqual([]);
  });

  it('runs nothing but its own script, and the test would see it', async () => {
    const world = await worldOf(VALUES);
    const { page, complaints } = await look(world);
    await page.evaluate(`
      const script = document.createElement('script');
      try { script.textContent = 'globalThis.owned = true'; document.body.append(script); } catch (error) { console.error(String(error)); }
    `);
    expect(await page.evaluate('globalThis.owned')).toBeUndefined();
    expect(complaints.join('\n')).toContain('TrustedScript');
  });

  it('has no barrier that axe can find, in any view, and can be walked by keys', async () => {
    const world = await fullWorld();
    const { page, complaints } = await newPage();
    await page.goto(world.url);
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('tree').waitFor();
    await setting(page, 'provider').click();
    await page.getByRole('complementary').getByText('payment.provider').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Settings' }).focus();
    for (const [name, text] of [
      ['Generations', 'first load'],
      ['Sources', 'base'],
      ['Secrets', 'payment.apiKey'],
      ['Flags', 'new-checkout'],
      ['Tenants', 'acme'],
      ['Audit', 'PaymentClient'],
      ['Try an edit', 'Nothing is saved.'],
    ] as const) {
      await page.keyboard.press('ArrowRight');
      const view = page.getByRole('tabpanel', { name });
      await view.getByText(text).first().waitFor();
      expect([name, ...(await barriers(page))]).toEqual([name]);
    }
    await page.getByRole('tab', { name: 'Flags' }).click();
    await page.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByRole('status', { name: 'Evaluation' }).getByText('variant on').waitFor();
    expect(complaints).toEqual([]);
  });

  it('holds no secret in any byte that the browser gets', async () => {
    const world = await fullWorld();
    const { page } = await newPage();
    const bodies: Promise<string>[] = [];
    page.on('response', (response) => {
      if (!response.url().endsWith('/events')) bodies.push(response.text().catch(() => ''));
    });
    await page.goto(world.url);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await setting(page, 'apiKey').click();
    for (const tab of await page.getByRole('tab').all()) await tab.click();
    await page.getByText('Nothing is saved.').waitFor();
    const heard = await Promise.all(bodies);
    expect(heard.length).toBeGreaterThan(8);
    expect(heard.join('\n')).not.toContain(SECRET);
    expect(await page.content()).not.toContain(SECRET);
  });
});

inBrowser('a page elsewhere', () => {
  /** A site that tries what a browser lets it. */
  async function evilSite(target: string): Promise<string> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><iframe src="${target}"></iframe><script src="${target}/page.js"></script>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    });
    // It listens on a port.
    return `http://localhost:${String((server.address() as AddressInfo).port)}`;
  }

  it('reaches neither the page nor its data, whatever it sends', async () => {
    const world = await worldOf(VALUES);
    const { page } = await newPage();
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(world.url)) statuses.push(response.status());
    });
    await page.goto(await evilSite(world.url));
    const tried = await page.evaluate<readonly string[]>(`Promise.all([
      fetch('${world.url}/api/settings', { headers: { authorization: 'Bearer ${TOKEN}' } }),
      fetch('${world.url}/api/settings', { mode: 'no-cors' }),
      fetch('${world.url}/api/preview', { method: 'POST', mode: 'no-cors', body: '{}' }),
      fetch('${world.url}', { mode: 'no-cors' }),
    ].map((answer) => answer.then(({ type, status }) => type + ' ' + status, (error) => error.name)))`);
    // What is opaque shows nothing; what asks for more is refused before it is sent, or as an answer.
    expect(tried.map((outcome) => /^(TypeError|opaque 0)$/.test(outcome))).toEqual([true, true, true, true]);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 403 || status === 405)).toBe(true);
  });

  it('reaches nothing by a name that it has pointed at this machine', async () => {
    const world = await worldOf(VALUES);
    const { page } = await newPage();
    const answer = await page.goto(`http://evil.example:${String(world.port)}/inspector`);
    expect([answer?.status(), await answer?.text()]).toEqual([403, expect.stringContaining('This host')]);
  });
});

inBrowser('a report', () => {
  it('is one file that shows the same, loads nothing and runs nothing else', async () => {
    const world = await worldOf({ ...VALUES, http: { greeting: `</script>${MARKUP}` } });
    const folder = await mkdtemp(join(tmpdir(), 'uno-report-'));
    open.push(async () => rm(folder, { recursive: true }));
    const html = await reportHtml(reportOf(world.reloads.current), 'Settings <of> a test');
    expect(html).not.toContain(SECRET);
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const { page, complaints } = await newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await setting(page, 'greeting').click();
    await page.getByRole('complementary').getByText('http.greeting (base)').waitFor();
    expect(await page.evaluate('[document.images.length, globalThis.owned]')).toEqual([0, undefined]);
    expect(await barriers(page)).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
  });
});

// WRITE_PICTURE=1 writes the picture of the README anew.
const forPicture = hasChromium && process.env['WRITE_PICTURE'] === '1' ? describe : describe.skip;

forPicture('the picture of the README', () => {
  it('is taken of the page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'uno-picture-'));
    const home = process.cwd();
    // So that places are as short as people see them.
    process.chdir(folder);
    open.push(async () => {
      process.chdir(home);
      await rm(folder, { recursive: true });
    });
    const write = async (name: string, text: string): Promise<void> => {
      await mkdir('config', { recursive: true });
      await writeFile(join('config', name), text);
    };
    await write(
      'app.yaml',
      'http:\n  port: 3000\n  greeting: Hello\npayment:\n  provider: acme\n  apiKey: sk-live-4f9b27c1\n',
    );
    await write('app.production.yaml', 'http:\n  port: 8080\n');
    const features = defineFlags({ from: Features, flags: [CheckoutFlags] });
    const world = await worldOf(
      {},
      (container) => ({
        flags: container.get(flagsIdentifier(features)),
        tenants: container.get(TenantContainers),
        audit: folder,
      }),
      {
        sections: [HttpSettings, PaymentSettings, Features],
        sources: [configFolder('config')],
        resources: [features],
        environment: 'production',
        region: 'eu-west-1',
        env: {},
        tenants: defineTenants({ layers: new WatchedValues(new Map(), 'tenants') }),
      },
    );
    const { page } = await look(world);
    await write('app.production.yaml', 'http:\n  port: 8080\n  greeting: Good morning\n');
    await world.reloads.reload('config/app.production.yaml changed');
    await page.getByText('Generation 2 is in use.').waitFor();
    await setting(page, 'greeting').click();
    await page.getByRole('complementary').getByText('http.greeting (default)').waitFor();
    const path = fileURLToPath(new URL('../../../docs/inspector.png', import.meta.url));
    const picture = await page.screenshot({ path });
    expect(picture.length).toBeLessThan(150_000);
  });
});
