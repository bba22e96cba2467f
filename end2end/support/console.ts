// What every journey starts from: a console of its own, somebody to sign in as, the gate, and a watch on the browser's
// complaints. Import `test` and `expect` from here.

import { type Page, expect, test as base } from '@playwright/test';
import { Gate } from './gate';
import { type Server, type SignIn, startServer } from './server';

/** Errors that the browser reported; a journey that expects one says so before it happens. */
export class Complaints {
  private readonly all: string[] = [];
  private readonly expected: RegExp[] = [];

  expect(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  add(complaint: string): void {
    this.all.push(complaint);
  }

  unexpected(): string[] {
    return this.all.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
  }
}

type PerWorker = { server: Server };
type PerTest = {
  complaints: Complaints;
  gate: Gate;
  /** Opens a page and waits until it is ready to be used. */
  visit: (path: string) => Promise<void>;
  /** Signs in, as the first of the sample people if nobody is named. */
  signIn: (page: Page, who?: SignIn) => Promise<void>;
};

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: async ({ server }, use) => use(server.address),

  gate: async ({ server }, use) => {
    const account = server.accounts[0];
    if (!account) throw new Error('the server named no sample account');
    await use(new Gate(server.address, server.key, account.id));
  },

  complaints: [
    async ({ page, server }, use, testInfo) => {
      const complaints = new Complaints();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.add(`console: ${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => complaints.add(`page: ${error.message}`));
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`);
        });
      });
      await use(complaints);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server.log', { body: server.log(), contentType: 'text/plain' });
      }
      expect(complaints.unexpected(), 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],

  visit: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await hydrated(page, javaScriptEnabled);
    });
  },

  signIn: async ({ server, visit, javaScriptEnabled }, use) => {
    await use(async (page, who = server.signIns[0]) => {
      if (!who) throw new Error('the server named nobody to sign in as');
      await visit('/sign-in');
      await page.getByLabel('Email').fill(who.email);
      await page.getByLabel('Password').fill(who.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('/');
      await hydrated(page, javaScriptEnabled);
    });
  },
});

/** With JavaScript a page is ready once its islands are awake; without, as soon as it is there. */
export async function hydrated(page: Page, javaScriptEnabled: boolean | undefined): Promise<void> {
  if (javaScriptEnabled) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

export { expect };
