// Signing in, what is left and until when, and where it went.

import { readFile } from 'node:fs/promises';
import { type Page } from '@playwright/test';
import { expect, hydrated, test } from '../support/console';
import { column, figures, lines, number, total } from '../support/table';

/** The number in "231,440 tokens left". */
async function tokensLeft(page: Page): Promise<number> {
  const text = await page.getByRole('region', { name: 'Usage', exact: true }).innerText();
  const found = /([\d,]+) tokens left/.exec(text)?.[1];
  expect(found, `a number of tokens in: ${text}`).toBeDefined();
  return number(found!);
}

test('what is left and the forecast are read', { tag: '@journey' }, async ({ page, signIn, goTo }) => {
  await signIn();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  const banner = page.getByRole('region', { name: 'Usage', exact: true });
  await expect(banner).toContainText(/At this pace it runs out on \d{1,2} \w{3}/);
  const left = await tokensLeft(page);
  const figure = page.getByRole('region', { name: 'Tokens left this cycle' });
  expect(number(await figure.getByRole('strong').innerText())).toBe(left);
  await expect(figure.getByRole('img', { name: 'Tokens' })).toHaveAccessibleName(/^Tokens: spent .+ of the cycle has passed$/);
  // Wherever somebody goes, one line says the same.
  await goTo('Productions');
  await expect(banner).toHaveAttribute('data-full', 'false');
  expect(await tokensLeft(page)).toBe(left);
});

test('the banner falls while a production runs', async ({ page, signIn, gate, islands }, testInfo) => {
  await signIn();
  const before = await tokensLeft(page);
  const production = `/productions/overview-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`;

  const admitted = await gate.put(production, {
    account: gate.account,
    title: 'A film about the harbour',
    steps: [
      { step: 'voice-1', kind: 'speech', quantity: { seconds: 30 } },
      { step: 'brief', kind: 'text', quantity: { inputTokens: 2000, outputTokens: 1000 } },
    ],
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(201);
  const captured = await gate.put(`${production}/steps/voice-1/attempts/1`, {
    outcome: 'succeeded',
    kind: 'speech',
    quantity: { seconds: 30 },
  });
  expect(captured.status, JSON.stringify(captured.body)).toBe(200);
  expect(captured.body.tokens).toBeGreaterThan(0);

  if (islands) {
    // By itself: no reload.
    await expect.poll(() => tokensLeft(page), { timeout: 2_000, intervals: [100] }).toBeLessThan(before);
  } else {
    await page.reload();
    expect(await tokensLeft(page)).toBeLessThan(before);
  }

  const finished = await gate.post(`${production}/finish`, { outcome: 'published' });
  expect(finished.status, JSON.stringify(finished.body)).toBe(200);
  await page.reload();
  await hydrated(page, islands);
  expect(await tokensLeft(page)).toBe(before - captured.body.tokens);
});

test('a wrong password is told, the email kept, the password not', async ({ page, server, visit, complaints, islands }) => {
  complaints.expect(/Failed to load resource.*(401|403|422)/);
  await visit('/sign-in');
  const email = server.signIns[0]?.email ?? '';
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await hydrated(page, islands);
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await expect(page.getByLabel('Email')).toHaveValue(email);
  await expect(page.getByLabel('Password')).toHaveValue('');
});

test('an unknown address has a way back', async ({ page, signIn, complaints }) => {
  await signIn();
  complaints.expect(/Failed to load resource.*404/);
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('the dearest step is found, and the table for programs equals the page', { tag: '@journey' }, async ({
  page,
  signIn,
  goTo,
  hand,
}) => {
  await signIn();
  await goTo('Usage');
  for (const tab of ['By step', 'By account']) {
    await hand.follow(page.getByRole('navigation', { name: 'Add up by' }).getByRole('link', { name: tab }));
    await expect(page.getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page');
    const table = page.getByRole('table');
    const tokens = await column(table, 'Tokens');
    expect(tokens, 'most stand on top').toEqual([...tokens].sort((one, other) => other - one));
    expect(tokens.reduce((sum, row) => sum + row, 0)).toBe(await total(table, 'Tokens'));

    const asked = page.waitForEvent('download');
    await hand.press(page.getByRole('link', { name: 'Export CSV' }));
    const sheet = await readFile(await (await asked).path(), 'utf8');
    const [names, ...rows] = lines(sheet);
    const written = (name: string) => rows.map((row) => row[names!.indexOf(name)]);
    expect(written('name')).toEqual(await table.locator('tbody th').allInnerTexts());
    expect(written('calls')).toEqual(await figures(table, 'Calls'));
    // A program is given every digit of what a page rounds to the cent.
    const costs = await figures(table, 'AI cost');
    written('ai_cost').forEach((cost, row) => {
      // What is said to be under £0.01 is something, and less than half of that.
      if (costs[row] === 'under') expect(Number(cost), `AI cost of row ${row}`).toBeGreaterThan(0);
      const shown = costs[row] === 'under' ? 0 : Number(costs[row]);
      expect(Math.abs(Number(cost) - shown), `AI cost of row ${row}`).toBeLessThan(0.005_001);
    });
    expect(written('tokens')).toEqual(await figures(table, 'Tokens'));
    expect(written('share_percent')).toEqual(await figures(table, 'Share'));
  }
});

test('colours and ways of writing are kept', { tag: '@journey' }, async ({ page, signIn, hand }) => {
  await signIn();
  await hand.press(page.getByText('Appearance'));
  await hand.choose(page.getByLabel('Colours'), 'dark');
  await hand.choose(page.getByLabel('Numbers and dates'), 'de-DE');
  await hand.follow(page.getByRole('button', { name: 'Save' }));
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('region', { name: 'Usage', exact: true })).toContainText(/\d{1,3}\.\d{3} tokens left/);
});
