// A page that nobody sees follows nothing: over HTTP/1.1 a browser has six connections for all pages of a server.

import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';

/** What a browser does to a page that goes behind another tab, or comes before it. */
async function turn(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('a page behind another lets go of its stream, and catches up once it is seen', async ({ page, signIn, gate }, testInfo) => {
  const isStream = (request: { url(): string }) => request.url().endsWith('/live/usage');
  const opened = page.waitForRequest(isStream);
  await signIn();
  await opened;
  const banner = page.getByRole('region', { name: 'Usage', exact: true });
  const before = await banner.innerText();

  const closed = page.waitForEvent('requestfailed', isStream);
  await turn(page, true);
  await closed;
  const admitted = await gate.put(`/productions/hidden-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`, {
    account: gate.account,
    title: 'A film that nobody watches',
    steps: [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 30 } }],
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(201);

  await turn(page, false);
  await expect(banner).not.toHaveText(before, { timeout: 5_000 });
});
