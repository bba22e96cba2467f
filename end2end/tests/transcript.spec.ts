// The handbook's tour and transcript.

import { expect, test } from '../support/console';

test('the tour is walked to its end', { tag: '@journey' }, async ({ page, signIn, goTo, hand }) => {
  await signIn();
  await goTo('Billing and usage');
  for (const step of [1, 2, 3, 4]) {
    await expect(page.getByRole('heading', { name: `Tour: step ${step} of 4` })).toBeVisible();
    if (step < 4) await hand.follow(page.getByRole('link', { name: 'Next' }));
  }
  await hand.press(page.getByText('Prefer to read? Open the step-by-step transcript'));
  await expect(page.getByText('Your tier sets a monthly token allowance (Creator / Pro / Atelier).')).toBeVisible();
});

test('whoever tries it out signs in by one button and advances the clock', async ({ page, visit, hand }) => {
  await visit('/sign-in');
  await hand.follow(page.getByRole('link', { name: 'See whom to sign in as' }));
  const clock = page.getByText(/The clock shows/);
  const before = await clock.innerText();
  await hand.follow(page.getByRole('button', { name: 'An hour' }));
  await expect(page.getByRole('status')).toContainText('The clock was advanced');
  expect(await clock.innerText()).not.toBe(before);
  await hand.follow(page.getByRole('button', { name: 'Sign in as Fern Abbott' }));
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('region', { name: 'Usage', exact: true })).toContainText('No tokens left');
});
