// A budget is set, hit, and lifted again.

import { expect, hydrated, test } from '../support/console';

test('a limit that is lowered below what is spent refuses new productions and says so', async ({
  page,
  signIn,
  gate,
  server,
  visit,
  javaScriptEnabled,
}, testInfo) => {
  await signIn(page);
  const account = server.accounts[0]!;
  await visit(`/accounts?edit=${account.id}`);

  await page.getByLabel('Stop new productions at').fill('twelve');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByRole('alert')).toContainText('Write an amount such as 500.00');
  await hydrated(page, javaScriptEnabled);
  await expect(page.getByLabel('Stop new productions at')).toHaveValue('twelve');

  await page.getByLabel('Tell me at').fill('0.50');
  await page.getByLabel('Stop new productions at').fill('1.00');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'are saved' })).toContainText('running productions finish');
  await expect(page.locator(`[id="${account.id}"]`)).toContainText('Budget limit reached');

  const refused = await gate.put(`/productions/over-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`, {
    account: account.id,
    title: 'A film too many',
    steps: [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 5 } }],
  });
  expect(refused.status).toBe(409);

  await visit('/usage?by=refused');
  await page.getByRole('link', { name: 'A film too many' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Budget limit reached');
  await expect(page.getByRole('main')).toContainText('Nothing ran and nothing was charged.');
  await hydrated(page, javaScriptEnabled);
  await page.getByRole('textbox', { name: 'may spend' }).fill('1');
  await page.getByRole('button', { name: 'Raise to' }).click();
  await expect(page.getByRole('alert')).toContainText('is not enough for this production');
  await hydrated(page, javaScriptEnabled);
  await page.getByRole('textbox', { name: 'may spend' }).fill('9000');
  if (javaScriptEnabled) await expect(page.getByRole('button', { name: 'Raise to £9,000.00 for' })).toBeVisible();
  await page.getByRole('button', { name: 'Raise to' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'may spend' })).toContainText('£9,000.00');
  await expect(page.getByRole('main')).toContainText('The pipeline may ask again');

  await visit(`/accounts?edit=${account.id}`);
  await page.getByText('History').click();
  await expect(page.getByRole('main')).toContainText('£1.00 → £9,000.00');
  await page.getByRole('button', { name: 'Remove limit' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'are saved' })).toContainText('nothing is turned away');
});
