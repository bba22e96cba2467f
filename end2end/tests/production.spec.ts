// Productions and their receipts.

import { expect, test } from '../support/console';

test('a receipt is opened from Overview and sums up', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByRole('region', { name: 'Latest productions' }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'What was held, in the order it was drawn' })).toBeVisible();
  const number = (text: string) => Number(text.replaceAll(',', '').replaceAll('−', '-'));
  const rows = page.getByRole('table').locator('tbody tr');
  expect(await rows.count()).toBeGreaterThan(0);
  for (const [label, column] of Object.entries({ Held: 0, Used: 1, Released: 2 })) {
    const cells = await rows.locator(`td[data-label="${label}"]`).allInnerTexts();
    const total = await page.getByRole('table').locator(`tfoot td[data-label="${label}"]`).innerText();
    expect(cells.map(number).reduce((sum, cell) => sum + cell, 0), `${label} in column ${column}`).toBe(number(total));
  }
});

test('the list is narrowed by state, and the address keeps it', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Productions' }).click();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Published' }).click();
  await expect(page).toHaveURL(/state=published/);
  const states = await page.getByRole('table').locator('td[data-label="Status"]').allInnerTexts();
  expect(new Set(states)).toEqual(new Set(['Published']));
});

test('a receipt can be had as a table for programs', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/productions/sample-1?detail=steps');
  const shown = await page.getByRole('table').locator('tbody td[data-label="Used"]').allInnerTexts();
  const csv = await page.request.get('/productions/sample-1.csv');
  expect(csv.headers()['content-type']).toBe('text/csv; charset=utf-8');
  const [head = '', ...rows] = (await csv.text()).trim().split('\n');
  const column = head.split(',').indexOf('used');
  expect(rows.length).toBe(shown.length);
  expect(rows.map((row) => parse(row)[column])).toEqual(shown.map((cell) => cell.replaceAll(',', '')));
});

/** The cells of one line; commas within quotes are part of a cell. */
function parse(row: string): string[] {
  return [...row.matchAll(/("([^"]*)"|[^,]*)(,|$)/g)].map((match) => match[2] ?? match[1] ?? '');
}

test('an estimate says what a production takes and whether it fits', async ({ page, signIn, visit, javaScriptEnabled }) => {
  await signIn(page);
  await visit('/estimate');
  const verdict = page.getByRole('region', { name: 'Fits: it would start now' });
  await expect(verdict).toContainText('6,000');
  await page.getByLabel('Video composition').fill('700');
  if (!javaScriptEnabled) await page.getByRole('button', { name: 'Estimate' }).click();
  await expect(page.getByRole('heading', { name: /^Does not fit/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Video composition/ })).toContainText('77,000');
  await page.getByLabel('Video composition').fill('-1');
  if (javaScriptEnabled) await expect(page.getByRole('alert')).toContainText('is no whole number from 0 to');
});
