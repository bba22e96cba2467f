// What every journey starts from: a console of its own, somebody to sign in as, the gate, and a watch on the browser's
// complaints. Import `test` and `expect` from here.

import { type Page, expect, test as base } from '@playwright/test';
import { Gate } from './gate';
import { type Hand, Keyboard, Pointer } from './hand';
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
/** What a project chooses. */
export type Options = {
  /** How pages are used. */
  by: 'pointer' | 'keyboard';
  /** Whether the browser gets the islands' code. */
  wasm: boolean;
};
type PerTest = Options & {
  complaints: Complaints;
  gate: Gate;
  hand: Hand;
  /** Whether islands wake. */
  islands: boolean;
  /** Opens a page and waits until it is ready to be used. */
  visit: (path: string) => Promise<void>;
  /** Goes to a page of the navigation by its name. */
  goTo: (name: string) => Promise<void>;
  /** Signs in without a page, where signing in is not what is tried. */
  enter: (email: string) => Promise<void>;
  /** Signs in, as the first of the sample people if nobody is named. */
  signIn: (who?: SignIn) => Promise<void>;
};

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  baseURL: async ({ server }, use) => use(server.address),

  gate: async ({ server }, use) => {
    const account = server.accounts[0];
    if (!account) throw new Error('the server named no sample account');
    await use(new Gate(server.address, server.key, account.id));
  },

  by: ['pointer', { option: true }],
  wasm: [true, { option: true }],

  islands: async ({ javaScriptEnabled, wasm }, use) => use((javaScriptEnabled ?? true) && wasm),

  hand: async ({ page, by, islands }, use) => {
    const Way = by === 'keyboard' ? Keyboard : Pointer;
    await use(new Way(page, () => hydrated(page, islands)));
  },

  complaints: [
    async ({ page, server, wasm }, use, testInfo) => {
      const complaints = new Complaints();
      if (!wasm) {
        await page.route('**/*.wasm', (route) => route.abort());
        complaints.expect(/^console: Failed to load resource: net::ERR_FAILED .*\.wasm\)$/);
        complaints.expect(/^page: Failed to fetch$/);
      }
      // Everything comes from the console itself.
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== 'data:' && origin !== server.address) complaints.add(`asked for ${request.url()}`);
      });
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

  visit: async ({ page, islands }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await hydrated(page, islands);
    });
  },

  goTo: async ({ page, hand }, use) => {
    const navigation = page.getByRole('navigation', { name: 'Console' });
    await use((name) => hand.follow(navigation.getByRole('link', { name, exact: true })));
  },

  enter: async ({ page, server }, use) => {
    await use(async (email) => {
      const who = server.signIns.find((signIn) => signIn.email === email);
      if (!who) throw new Error(`the server named no ${email}`);
      const headers = { origin: server.address };
      const form = { email, password: who.password };
      const answer = await page.request.post('/act/sign-in', { headers, form, maxRedirects: 0 });
      expect(answer.status(), await answer.text()).toBe(303);
    });
  },

  signIn: async ({ page, server, visit, hand }, use) => {
    await use(async (who = server.signIns[0]) => {
      if (!who) throw new Error('the server named nobody to sign in as');
      await visit('/sign-in');
      await hand.write(page.getByLabel('Email'), who.email);
      await hand.write(page.getByLabel('Password'), who.password);
      await hand.follow(page.getByRole('button', { name: 'Sign in' }));
      await expect(page).toHaveURL('/');
    });
  },
});

/** Where islands wake, a page is ready once they are awake; else as soon as it is there. */
export async function hydrated(page: Page, islands: boolean): Promise<void> {
  if (islands) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

export { expect };
