// The handbook's tour and transcript.

import { expect, test } from '../support/console';
import type { Gate } from '../support/gate';

/** A production that takes exactly so many tokens: a second of transcription is one. */
async function produce(gate: Gate, name: string, tokens: number): Promise<void> {
  const step = { kind: 'transcription', quantity: { seconds: tokens } };
  const production = `/productions/${name}`;
  const steps = [{ step: 'captions', ...step }];
  const admitted = await gate.put(production, { account: gate.account, title: 'Captions', steps });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(201);
  const captured = await gate.put(`${production}/steps/captions/attempts/1`, { outcome: 'succeeded', ...step });
  expect(captured.body.tokens, JSON.stringify(captured.body)).toBe(tokens);
  await gate.post(`${production}/finish`, { outcome: 'published' });
}

async function left(gate: Gate): Promise<{ allowance: number; extra: number }> {
  const { body } = await gate.get(`/capacity?account=${gate.account}`);
  return { allowance: body.allowance.left, extra: body.bought.left };
}

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

test('the transcript is walked: allowance, steps, prompt, buying, and what is bought is used last', { tag: '@journey' }, async ({
  page,
  gate,
  enter,
  visit,
  goTo,
  hand,
}, testInfo) => {
  // 1. The tier sets the allowance.
  await enter('mara@northlight.example');
  await visit('/');
  await goTo('Plan');
  await expect(page.getByRole('main')).toContainText('Northlight Films is on Pro');
  await expect(page.getByRole('main')).toContainText('250,000 tokens a month');

  // 2. Each step consumes tokens; the banner shows what is left.
  const before = await left(gate);
  await produce(gate, `${testInfo.project.name}-walk-1`, 40);
  await visit('/');
  const banner = page.getByRole('region', { name: 'Usage', exact: true });
  const grouped = (tokens: number) => tokens.toLocaleString('en-GB');
  await expect(banner).toContainText(grouped(before.allowance - 40));

  // 3. From 75 % on it prompts; a pack is bought and paid.
  await expect(banner).toContainText('of this month’s allowance is used');
  await hand.follow(banner.getByRole('link', { name: 'Buy capacity' }));
  await hand.follow(page.getByRole('link', { name: /^20,000 tokens/ }));
  await hand.follow(page.getByRole('button', { name: /^Continue to payment/ }));
  await hand.write(page.getByLabel('Card number'), '4242 4242 4242 4242');
  await hand.follow(page.getByRole('button', { name: /^Pay / }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('20,000 tokens added');
  const bought = await left(gate);
  expect(bought).toEqual({ allowance: before.allowance - 40, extra: before.extra + 20_000 });

  // The allowance first, then what was bought.
  await produce(gate, `${testInfo.project.name}-walk-2`, bought.allowance - 10);
  expect(await left(gate)).toEqual({ allowance: 10, extra: bought.extra });
  await produce(gate, `${testInfo.project.name}-walk-3`, 15);
  expect(await left(gate)).toEqual({ allowance: 0, extra: bought.extra - 5 });
  await visit('/');
  await expect(banner).toContainText(grouped(bought.extra - 5));
});

test('whoever tries it out signs in by one button and advances the clock', async ({ page, visit, hand }) => {
  await visit('/sign-in');
  await hand.follow(page.getByRole('link', { name: 'See whom to sign in as' }));
  const clock = page.getByText(/The clock shows/);
  const before = await clock.innerText();
  await hand.follow(page.getByRole('button', { name: 'An hour' }));
  await expect(page.getByRole('status')).toContainText('The clock was advanced');
  expect(await clock.innerText()).not.toBe(before);
  await hand.follow(page.getByRole('button', { name: 'Sign in as Theo Grant' }));
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('region', { name: 'Usage', exact: true })).toContainText('A payment is overdue');
});
