// Signing in, and what is left while a production runs.

import { type Page } from '@playwright/test';
import { expect, hydrated, test } from '../support/console';

/** The number in "231,440 tokens left". */
async function tokensLeft(page: Page): Promise<number> {
  const text = await page.getByRole('region', { name: 'Usage' }).innerText();
  const number = /([\d,]+) tokens left/.exec(text)?.[1];
  expect(number, `a number of tokens in: ${text}`).toBeDefined();
  return Number(number!.replaceAll(',', ''));
}

test('signs in and shows what is left', async ({ page, signIn }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(page.getByRole('region', { name: 'Usage' })).toContainText(/\d{1,3}(,\d{3})* tokens left/);
});

test('the banner falls while a production runs', async ({ page, signIn, gate, javaScriptEnabled }, testInfo) => {
  await signIn(page);
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

  if (javaScriptEnabled) {
    // By itself: no reload.
    await expect.poll(() => tokensLeft(page), { timeout: 2_000, intervals: [100] }).toBeLessThan(before);
  } else {
    await page.reload();
    await hydrated(page, javaScriptEnabled);
    expect(await tokensLeft(page)).toBeLessThan(before);
  }

  const finished = await gate.post(`${production}/finish`, { outcome: 'published' });
  expect(finished.status, JSON.stringify(finished.body)).toBe(200);
  await page.reload();
  await hydrated(page, javaScriptEnabled);
  expect(await tokensLeft(page)).toBe(before - captured.body.tokens);
});

test('a wrong password is told, the email kept, the password not', async ({ page, server, visit, complaints, javaScriptEnabled }) => {
  complaints.expect(/Failed to load resource.*(401|403|422)/);
  await visit('/sign-in');
  const email = server.signIns[0]?.email ?? '';
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await hydrated(page, javaScriptEnabled);
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await expect(page.getByLabel('Email')).toHaveValue(email);
  await expect(page.getByLabel('Password')).toHaveValue('');
});

test('an unknown address has a way back', async ({ page, signIn, complaints }) => {
  await signIn(page);
  complaints.expect(/Failed to load resource.*404/);
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('usage names the step that took most, and its table for programs says the same', async ({ page, signIn, visit }) => {
  await signIn(page);
  await visit('/usage');
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows.first()).toContainText('Video composition');
  const shown = await rows.locator('td[data-label="Tokens"]').allInnerTexts();
  const csv = await (await page.request.get('/usage.csv')).text();
  const [names, ...lines] = csv.trim().split('\n').map((line) => line.split(','));
  const tokens = lines.map((cells) => cells[names!.indexOf('tokens')]);
  expect(tokens).toEqual(shown.map((cell) => cell.replaceAll(',', '')));
});

test('colours and ways of writing are kept', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByText('Appearance').click();
  await page.getByLabel('Colours').selectOption('dark');
  await page.getByLabel('Numbers and dates').selectOption('de-DE');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('region', { name: 'Usage' })).toContainText(/\d{1,3}\.\d{3} tokens left/);
});
