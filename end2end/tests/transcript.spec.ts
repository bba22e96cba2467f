// The handbook's tour and transcript.

import { expect, test } from '../support/console';

test('the tour is walked to its end', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Billing and usage' }).click();
  for (const step of [1, 2, 3, 4]) {
    await expect(page.getByRole('heading', { name: `Tour: step ${step} of 4` })).toBeVisible();
    if (step < 4) await page.getByRole('link', { name: 'Next' }).click();
  }
  await page.getByText('Prefer to read? Open the step-by-step transcript').click();
  await expect(page.getByText('Your tier sets a monthly token allowance (Creator / Pro / Atelier).')).toBeVisible();
});

test('whoever tries it out signs in by one button and advances the clock', async ({ page, visit }) => {
  await visit('/sign-in');
  await page.getByRole('link', { name: 'See whom to sign in as' }).click();
  const clock = page.getByText(/The clock shows/);
  const before = await clock.innerText();
  await page.getByRole('button', { name: 'An hour' }).click();
  await expect(page.getByRole('status')).toContainText('The clock was advanced');
  expect(await clock.innerText()).not.toBe(before);
  await page.getByRole('button', { name: 'Sign in as Fern Abbott' }).click();
  await page.waitForURL('/');
  await expect(page.getByRole('region', { name: 'Usage' })).toContainText('No tokens left');
});
