// Productions, their receipts, and what one would take.

import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/console';
import { column, lines, number, total } from '../support/table';

test('a receipt is opened from Overview and sums up', { tag: '@journey' }, async ({ page, signIn, hand }) => {
  await signIn();
  await hand.follow(page.getByRole('region', { name: 'Latest productions' }).getByRole('link').first());
  await expect(page.getByRole('heading', { name: 'What was held, in the order it was drawn' })).toBeVisible();
  const table = page.getByRole('table');
  expect(await table.locator('tbody tr').count()).toBeGreaterThan(0);
  for (const label of ['Held', 'Used', 'Released']) {
    const tokens = await column(table, label);
    expect(tokens.reduce((sum, row) => sum + row, 0), label).toBe(await total(table, label));
  }
});

test('the list is narrowed by state, and the address keeps it', async ({ page, signIn, goTo }) => {
  await signIn();
  await goTo('Productions');
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Published' }).click();
  await expect(page).toHaveURL(/state=published/);
  const states = await page.getByRole('table').locator('td[data-label="Status"]').allInnerTexts();
  expect(new Set(states)).toEqual(new Set(['Published']));
});

test('a receipt can be had as a table for programs', async ({ page, signIn }) => {
  await signIn();
  await page.goto('/productions/sample-1?detail=steps');
  const shown = await column(page.getByRole('table'), 'Used');
  const asked = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const [head = [], ...rows] = lines(await readFile(await (await asked).path(), 'utf8'));
  expect(rows.map((row) => Number(row[head.indexOf('used')]))).toEqual(shown);
});

test('an estimate says what a production takes and whether it fits', { tag: '@journey' }, async ({
  page,
  signIn,
  goTo,
  hand,
  islands,
}) => {
  await signIn();
  await goTo('Estimate');
  await expect(page.getByRole('heading', { name: /^Fits/ })).toBeVisible();
  const seconds = page.getByLabel('Video composition');
  const tokens = page.getByRole('row', { name: /Video composition/ }).locator('td[data-label="Tokens"]');
  const perSecond = number(await tokens.innerText()) / Number(await seconds.inputValue());
  const most = Number(await seconds.getAttribute('max'));
  await hand.write(seconds, String(most));
  if (!islands) await hand.follow(page.getByRole('button', { name: 'Estimate' }));
  await expect(page.getByRole('heading', { name: /^Does not fit/ })).toBeVisible();
  expect(number(await tokens.innerText())).toBe(most * perSecond);
  if (islands) {
    await hand.write(seconds, '-1');
    await expect(page.getByRole('alert')).toContainText('is no whole number from 0 to');
  }
});
