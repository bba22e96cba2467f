// A key of the pipeline: made, shown once, used, narrowed, rotated, revoked; and the log tells of it.

import { type Page } from '@playwright/test';
import { expect, hydrated, test } from '../support/console';
import { Gate } from '../support/gate';

const PLAN = [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 5 } }];

/** The token that the page shows, which is nowhere in its address. */
async function shown(page: Page): Promise<string> {
  const panel = page.getByRole('region', { name: 'Copy the key now: it is not shown again' });
  const token = (await panel.locator('code').innerText()).trim();
  expect(token).toMatch(/^jk_[0-9a-f]{64}$/);
  expect(page.url()).not.toContain('jk_');
  await page.reload();
  await expect(panel).toHaveCount(0);
  return token;
}

test('a key is made, used, narrowed, rotated and revoked, and the log shows it', { tag: '@journey' }, async ({
  page,
  signIn,
  goTo,
  hand,
  server,
  islands,
}, testInfo) => {
  await signIn();
  const account = server.accounts[0]!;
  const run = `${testInfo.project.name}-${testInfo.retry}-${Date.now()}`;
  const name = `Nightly ${run}`;

  await goTo('Pipeline keys');
  await hand.follow(page.getByRole('link', { name: 'Make a key' }));
  await hand.write(page.getByLabel('Name'), name);
  await hand.write(page.getByLabel('It may spend a month'), 'much');
  await hand.follow(page.getByRole('button', { name: 'Make the key' }));
  await expect(page.getByRole('alert')).toContainText('Write an amount such as 500.00');
  await hydrated(page, islands);
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await hand.write(page.getByLabel('It may spend a month'), '50.00');
  await hand.follow(page.getByRole('button', { name: 'Make the key' }));
  const first = await shown(page);
  await hydrated(page, islands);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(first.slice(0, 7));
  await expect(row).toContainText('of £50.00');

  const gate = new Gate(server.address, first, account.id);
  const admitted = await gate.put(`/productions/key-${run}`, { account: account.id, title: 'By a key', steps: PLAN });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(201);

  await hand.follow(row.getByRole('link', { name }));
  await hand.tick(page.getByLabel(/^Quote and admit/));
  await hand.follow(page.getByRole('button', { name: 'Save changes' }));
  await expect(page.getByRole('status').filter({ hasText: 'is changed' })).toBeVisible();
  const refused = await gate.put(`/productions/more-${run}`, { account: account.id, title: 'Too far', steps: PLAN });
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope']);
  expect((await gate.post(`/productions/key-${run}/finish`, { outcome: 'cancelled' })).status).toBe(200);

  await hand.follow(row.getByRole('link', { name }));
  await hand.follow(page.getByRole('button', { name: 'Make a new token' }));
  const second = await shown(page);
  await hydrated(page, islands);
  await expect(row).toContainText('Old token lives until');
  const newer = new Gate(server.address, second, account.id);
  for (const living of [gate, newer]) expect((await living.get(`/capacity?account=${account.id}`)).status).toBe(200);

  await hand.follow(row.getByRole('link', { name }));
  await hand.write(page.getByLabel('Why'), 'It was in a repository');
  await hand.follow(page.getByRole('button', { name: 'Revoke the key' }));
  await expect(page.getByRole('status').filter({ hasText: 'is revoked' })).toContainText('401');
  await expect(row).toContainText('Revoked');
  for (const dead of [gate, newer]) expect((await dead.get(`/capacity?account=${account.id}`)).status).toBe(401);

  await goTo('Audit log');
  const log = page.getByRole('table').first();
  await expect(log.getByRole('row').filter({ hasText: 'revoked a key' }).first()).toContainText('It was in a repository');
  await expect(log.getByRole('row').filter({ hasText: 'rotated a key' }).first()).toContainText('Mara Lindqvist');
  await hand.choose(page.getByLabel('Act', { exact: true }), 'keyMade');
  await hand.follow(page.getByRole('button', { name: 'Show' }));
  await expect(page).toHaveURL(/act=keyMade/);
  await expect(log.getByRole('row').nth(1)).toContainText(name);
  await expect(page.getByRole('main')).not.toContainText('revoked a key ');
});

test('a limit is put back from the log, once', async ({ page, enter, visit, hand, server, islands }) => {
  await enter('hana@harbour.example');
  await visit('/accounts');
  await page.getByRole('link', { name: /^(Edit limits|Set a limit) of / }).first().click();
  await page.getByLabel('Tell me at').waitFor();
  await hydrated(page, islands);
  const before = await page.getByLabel('Tell me at').inputValue();
  await hand.write(page.getByLabel('Tell me at'), '7.00');
  await hand.write(page.getByLabel('Stop new productions at'), '8.00');
  await hand.follow(page.getByRole('button', { name: 'Save limits' }));
  await visit('/audit?act=limitsChanged');
  const row = page.getByRole('row').nth(1);
  await expect(row).toContainText('EUR 7.00');
  await hand.press(row.getByText('Revert', { exact: true }));
  await hand.write(row.getByLabel('Why'), 'A slip');
  await hand.follow(row.getByRole('button', { name: 'Put it back' }));
  await expect(page.getByRole('status').filter({ hasText: 'put back' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText('Puts an entry back');
  await expect(page.getByRole('row').nth(2)).toContainText('Put back');
  await expect(page.getByRole('row').nth(2).getByText('Revert', { exact: true })).toHaveCount(0);
  await visit('/accounts');
  await page.getByRole('link', { name: /^(Edit limits|Set a limit) of / }).first().click();
  await expect(page.getByLabel('Tell me at')).toHaveValue(before);
  expect(server.address).toBeTruthy();
});
