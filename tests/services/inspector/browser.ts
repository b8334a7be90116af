import { existsSync } from 'node:fs';
import { chromium, type Browser, type ConsoleMessage, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path));

/** Whether there is a browser; otherwise why not is printed. */
export const hasChromium = executablePath !== undefined && existsSync(executablePath);
if (!hasChromium) {
  process.stderr.write(`Skipped: the page in a browser, without Chromium at ${PLACES.join(', ')} or CHROMIUM.\n`);
}

/** Starts Chromium; names of `evil.example` lead to this machine, as an attacker's name server would say. */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? '',
    timeout: 0,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP evil.example 127.0.0.1',
    ],
  });
}

/** What a page has complained about. */
export interface Watched {
  readonly page: Page;
  /** Breaches of the content security policy, and errors. */
  readonly complaints: readonly string[];
  /** The longest time, in milliseconds, in which nothing else could run. */
  readonly longestTask: () => Promise<number>;
}

/** A page that is watched from before its first byte. */
export async function watchedPage(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1_180, height: 680 }, deviceScaleFactor: 1 });
  // Jest says when it takes too long.
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(`
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error('policy: ' + violatedDirective + ' ' + blockedURI);
    });
  `);
  return { page, complaints, longestTask: async () => page.evaluate('globalThis.longest') };
}

/** The milliseconds that it takes to draw so many lines at once, on this machine and now. */
export async function timeToDraw(page: Page, lines: number): Promise<number> {
  return page.evaluate(`(() => {
    const begun = performance.now();
    for (let at = 0; at < ${String(lines)}; at++) {
      const line = document.body.appendChild(document.createElement('div'));
      for (const text of ['key', 'value', 'origin']) line.appendChild(document.createElement('span')).textContent = text + at;
    }
    document.body.getBoundingClientRect();
    return performance.now() - begun;
  })()`);
}
