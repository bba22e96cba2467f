// Where the money goes: from the customer down to the receipt, each level summing to the one above; and who sees it.

import { readFile } from 'node:fs/promises';
import { type Locator, type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import { lines, number } from '../support/table';

/** What a page rounds to the cent is at most this far off. */
const HALF_A_CENT = 0.005_001;

function drivers(page: Page): Locator {
  return page.getByRole('region', { name: 'What drives the cost' }).getByRole('table');
}

/** What is said first in each cell of a column, without what stands below it. */
async function cells(table: Locator, label: string): Promise<string[]> {
  const texts = await table.locator(`tbody td[data-label="${label}"]`).allInnerTexts();
  return texts.map((text) => text.trim().split('\n')[0]!);
}

async function names(table: Locator): Promise<string[]> {
  const texts = await table.locator('tbody th').allInnerTexts();
  return texts.map((text) => text.trim().split('\n')[0]!);
}

/** What stands below a column. */
async function total(table: Locator, label: string): Promise<string> {
  const text = await table.locator(`tfoot td[data-label="${label}"]`).innerText();
  return text.trim().split('\n')[0]!;
}

/** An amount as it is said: less than half a cent counts as nothing here, and so does what nobody knows. */
function amount(text: string): number {
  return /^(under |–)/.test(text) ? 0 : number(text);
}

/** The lines' AI cost adds up to what stands below them, and that to what the level above said. */
async function expectSums(page: Page, above?: string): Promise<void> {
  const table = drivers(page);
  const costs = (await cells(table, 'AI cost')).map(amount);
  const said = await total(table, 'AI cost');
  const sum = costs.reduce((sum, cost) => sum + cost, 0);
  expect(costs.length, 'lines').toBeGreaterThan(0);
  expect(Math.abs(sum - amount(said)), `${costs} add up to ${said}`).toBeLessThan((costs.length + 1) * HALF_A_CENT);
  if (above !== undefined) expect(said, 'what the level above said').toBe(above);
}

test('the money is followed from the customer to an account, a production, its steps and its receipt', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  goTo,
  hand,
}) => {
  await enter('mara@northlight.example');
  await visit('/');
  await goTo('P&L');
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toHaveText('Customer P&L');
  await hand.follow(page.getByRole('navigation', { name: 'Range' }).getByRole('link', { name: '90 days' }));
  await expectSums(page);

  for (const level of ['Account P&L', 'Production P&L']) {
    const table = drivers(page);
    const row = table.getByRole('row').filter({ has: page.getByRole('link') }).filter({ hasNotText: 'Outside productions' });
    const first = row.filter({ has: page.getByRole('rowheader') }).first();
    const cost = (await first.locator('td[data-label="AI cost"]').innerText()).trim().split('\n')[0]!;
    const name = await first.getByRole('link').innerText();
    await hand.follow(first.getByRole('link'));
    await expect(title).toHaveText(`${level} · ${name}`);
    await expect(page.getByRole('navigation', { name: 'You are here' })).toContainText(name);
    await expectSums(page, cost);
  }
  await expect(page.getByRole('link', { name: 'By step' })).toHaveAttribute('aria-current', 'page');

  const cost = await total(drivers(page), 'AI cost');
  await hand.follow(page.getByRole('link', { name: 'Open the receipt' }));
  await expect(page).toHaveURL(/\/productions\/[^/]+$/);
  await expect(page.locator('tfoot td[data-label="AI cost"]')).toHaveText(cost);
});

test('the dearest step of the last cycle is two choices away from an account', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
  server,
}) => {
  await enter('mara@northlight.example');
  await visit(`/pnl?account=${server.accounts[0]!.id}`);
  await hand.follow(page.getByRole('link', { name: 'Last cycle' }));
  await hand.follow(page.getByRole('link', { name: 'By step' }));
  const costs = (await cells(drivers(page), 'AI cost')).map(amount);
  expect(costs.length).toBeGreaterThan(1);
  expect(costs[0]).toBe(Math.max(...costs));
  await expectSums(page);
});

test('a step leads to the productions that it cost most in, and its table has the same', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
}) => {
  await enter('mara@northlight.example');
  await visit('/pnl?range=90&by=step');
  const first = drivers(page).locator('tbody tr').first();
  const name = await first.getByRole('link').innerText();
  const cost = (await first.locator('td[data-label="AI cost"]').innerText()).trim().split('\n')[0]!;
  await hand.follow(first.getByRole('link'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Step P&L · ${name}`);
  await expect(page.getByRole('link', { name: 'By production' })).toHaveAttribute('aria-current', 'page');
  expect(await total(drivers(page), 'AI cost'), 'what the level above said').toBe(cost);

  const asked = page.waitForEvent('download');
  await hand.press(page.getByRole('link', { name: 'Export CSV' }));
  const [columns, ...rows] = lines(await readFile(await (await asked).path(), 'utf8'));
  const written = rows.map((row) => row[columns!.indexOf('name')]!);
  expect(written.slice(0, 50)).toEqual(await names(drivers(page)));

  await hand.follow(page.getByRole('link', { name: 'Show all steps' }));
  await expect(page).toHaveURL('/pnl?range=90');
});

test('what failed attempts cost stands beside what calls cost', async ({ page, enter, visit }) => {
  await enter('mara@northlight.example');
  await visit('/pnl?range=12m&by=step');
  const failed = (await cells(drivers(page), 'Failed')).map(amount);
  const costs = (await cells(drivers(page), 'AI cost')).map(amount);
  expect(failed.every((cost, row) => cost <= costs[row]!), `${failed} of ${costs}`).toBe(true);
  expect(amount(await total(drivers(page), 'Failed'))).toBeGreaterThan(0);
  await expect(page.getByRole('main')).toContainText(/Of it, £[\d.]+ went to \d+ failed attempts/);
});

test('the table for programs has what the page shows, with every digit', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter('mara@northlight.example');
  await visit('/pnl?range=90');
  for (const tab of ['By account', 'By step']) {
    await hand.follow(page.getByRole('link', { name: tab }));
    const table = drivers(page);
    const asked = page.waitForEvent('download');
    await hand.press(page.getByRole('link', { name: 'Export CSV' }));
    const sheet = await readFile(await (await asked).path(), 'utf8');
    const [columns, ...rows] = lines(sheet);
    const written = (name: string) => rows.map((row) => row[columns!.indexOf(name)]!);
    expect(written('name')).toEqual(await names(table));
    for (const [name, label] of [['revenue', 'Revenue'], ['ai_cost', 'AI cost'], ['margin', 'Margin']] as const) {
      const shown = await cells(table, label);
      written(name).forEach((figure, row) => {
        const where = `${name} of row ${row}: ${figure} and ${shown[row]}`;
        if (figure === '') expect(shown[row], where).toMatch(/^(–|Incomplete)$/);
        else expect(Math.abs(Number(figure) - amount(shown[row]!)), where).toBeLessThan(2 * HALF_A_CENT);
      });
    }
    for (const [name, label] of [['tokens', 'Tokens'], ['calls', 'Calls'], ['share_percent', 'Share']] as const) {
      const shown = (await cells(table, label)).map((text) => (text === '–' ? '' : text.replace(/[,%]/g, '')));
      expect(written(name), name).toEqual(shown);
    }
  }
});

test('lines are sorted by the names of their columns, and the address keeps it', async ({ page, enter, visit, hand }) => {
  await enter('mara@northlight.example');
  await visit('/pnl?range=90&by=production');
  const head = drivers(page).getByRole('columnheader', { name: 'Tokens' });
  for (const order of ['descending', 'ascending']) {
    await hand.follow(head.getByRole('link'));
    await expect(head).toHaveAttribute('aria-sort', order);
    const tokens = (await cells(drivers(page), 'Tokens')).map(number);
    const sorted = [...tokens].sort((one, other) => (order === 'ascending' ? one - other : other - one));
    expect(tokens).toEqual(sorted);
  }
  await expect(page).toHaveURL(/sort=tokens/);
});

test('an operator sees the accounts in reach', async ({ page, enter, visit }) => {
  await enter('tunde@northlight.example');
  await visit('/pnl?range=90');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accounts P&L');
  await expect(page.getByRole('main')).not.toContainText('Slow Kitchen');
  await expect(page.getByRole('main')).not.toContainText('Deferred');
  await expectSums(page);
});

test('where revenue stands is said in what is billed, whatever the page is in', async ({ page, enter, visit }) => {
  await enter('ren@lantern.example');
  await visit('/pnl?currency=GBP');
  await expect(page.getByRole('region', { name: /^Where revenue stands/ })).toContainText('In JPY, as it is billed');
  await expect(drivers(page)).toContainText('£');
});

test('what cannot be asked is said in words', async ({ page, enter, visit, complaints }) => {
  complaints.expect(/Failed to load resource.*40[04]/);
  await enter('mara@northlight.example');
  for (const [query, status, words] of [
    ['range=custom&from=yesterday&to=2026-10-22', 400, 'A day is written like 2026-11-22'],
    ['range=custom&from=2026-10-22&to=2026-10-01', 400, 'The last day comes before the first'],
    ['account=acc_01K6EH36QMGM4XMR57AF11GD5Y', 404, 'There is no such account'],
    ['production=no-such-production', 404, 'There is no such production'],
    ['stage=../', 400, 'The address names no step that there is'],
    ['page=minus-one', 400, 'A page is a number from 1 on'],
    ['currency=CHF', 400, 'one of GBP, USD, EUR'],
  ] as const) {
    expect((await page.goto(`/pnl?${query}`))?.status(), query).toBe(status);
    await expect(page.getByRole('main'), query).toContainText(words);
  }
  await visit('/pnl?range=90&by=production&page=99999');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText(/Lines \d+–(\d+) of \1$/);
  await visit('/pnl?stage=99');
  await expect(page.getByRole('main')).toContainText('Nothing was earned and no call was made in this range');
});

test('a viewer sees no P&L', async ({ page, enter, complaints }) => {
  complaints.expect(/Failed to load resource.*403/);
  await enter('jonas@northlight.example');
  expect((await page.goto('/pnl'))?.status()).toBe(403);
});

test('finance sees raw cost and markup, and the platform is its administrators’ alone', async ({ page, enter, visit, complaints }) => {
  complaints.expect(/Failed to load resource.*403/);
  await enter('felix@jarai.example');
  await visit('/pnl?range=90');
  await expect(page.getByRole('main')).toContainText('AI cost, raw');
  await expect(page.getByRole('main')).toContainText('Markup');
  expect((await page.goto('/pnl/platform'))?.status()).toBe(403);
  await enter('paula@jarai.example');
  await visit('/pnl/platform?range=90');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Platform P&L');
  await expect(drivers(page).getByRole('row').nth(2)).toBeVisible();
});

test('who works for JARAI sees what a list to come changes', async ({ page, enter, visit, goTo }) => {
  for (const email of ['paula@jarai.example', 'felix@jarai.example']) {
    await enter(email);
    await visit('/');
    await goTo('Prices and rates');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prices and rates');
    const video = page.getByRole('row', { name: /sample-video/ }).filter({ hasText: '0.0125' });
    await expect(video.first()).toContainText('0.014');
    await expect(page.getByRole('main')).toContainText('27.5%');
  }
});
