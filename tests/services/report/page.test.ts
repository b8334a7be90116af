// The report of `validate`, in a browser, from a file.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { folderWith, removeFolder, run } from '../../cli/fake-io.js';
import { MARKUP, SHOP_FILES, shopDefinition } from '../../cli/report/hostile-shop.js';
import { hasChromium, startChromium, watchedPage, type Watched } from '../inspector/browser.js';

(hasChromium ? describe : describe.skip)('the report of validate', () => {
  let browser: Browser;
  let folder: string;
  let watched: Watched;

  beforeAll(async () => {
    [browser, folder] = await Promise.all([startChromium(), folderWith(SHOP_FILES)]);
    await run(folder, ['validate', '--all', '--report', 'report.html'], { default: shopDefinition(folder) });
    watched = await watchedPage(browser);
    await watched.page.goto(pathToFileURL(join(folder, 'report.html')).href);
  });

  afterAll(async () => {
    await browser.close();
    await removeFolder(folder);
  });

  it('shows the matrix, and leads from a cell to what is wrong there', async () => {
    const { page } = watched;
    const cell = page.getByRole('row', { name: /^beta/ }).getByRole('link').first();
    await expect(page.getByRole('row', { name: /^acme/ }).innerText()).resolves.toMatch(/acme(\s+valid){6}/);
    await cell.click();
    await expect(page.locator(':target').innerText()).resolves.toMatch(/^shop\.size [^]*constraint, from shop\.size/);
  });

  it('shows hostile values as text, and runs and loads nothing', async () => {
    const { page, complaints } = watched;
    await page.getByText('6 settings', { exact: true }).click();
    await expect(
      page
        .getByText(MARKUP.slice(MARKUP.indexOf('<script>')))
        .first()
        .isVisible(),
    ).resolves.toBe(true);
    await expect(page.evaluate('globalThis.owned')).resolves.toBeUndefined();
    await expect(page.locator('script, img').count()).resolves.toBe(0);
    expect(complaints).toEqual([]);
  });
});
