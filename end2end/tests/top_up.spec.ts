// Capacity is bought without asking: agreed to after its amounts were shown, bought once what is left falls below, stopped by
// a card that is declined, and turned off in one click.

import AxeBuilder from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import type { Hand } from '../support/hand';
import { number } from '../support/table';

const PAGE = '/buy/auto-top-up';
const PAID = '4242 4242 4242 4242';
const DECLINED_LATER = '4000 0000 0000 0341';

/** Fills the form in and goes on to the review. */
async function review(page: Page, hand: Hand, below: number, cap: string): Promise<void> {
  await hand.write(page.getByLabel('Buy when fewer tokens are left than'), `${below}`);
  await hand.write(page.getByLabel('Spend no more in a month than'), cap);
  await hand.follow(page.getByRole('button', { name: 'Review before turning it on' }));
  await expect(page.getByRole('heading', { name: 'Before you turn it on' })).toBeVisible();
}

/** How many tokens are left, as the review says. */
async function left(page: Page): Promise<number> {
  const text = await page.locator('#review').innerText();
  return number(/Now ([\d,]+) tokens are left/.exec(text)![1]!);
}

/** Looks again until the page says this. */
async function until(page: Page, visit: (path: string) => Promise<void>, words: RegExp): Promise<void> {
  await expect(async () => {
    await visit(PAGE);
    await expect(page.getByRole('main')).toContainText(words, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

/** axe needs a script of its own. */
async function accessible(page: Page, scripts: boolean): Promise<void> {
  if (!scripts) return;
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`)).toEqual([]);
}

/** Buys a pack with a card, which is kept. */
async function buy(page: Page, hand: Hand, card: string): Promise<void> {
  await hand.follow(page.getByRole('button', { name: /^Continue to payment/ }));
  await hand.write(page.getByLabel('Card number'), card);
  await hand.follow(page.getByRole('button', { name: /^Pay / }));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('tokens added');
}

async function turnOff(page: Page, hand: Hand): Promise<void> {
  await hand.follow(page.getByRole('button', { name: 'Turn auto-top-up off' }));
  await expect(page.getByRole('main').getByRole('status')).toContainText('Auto-top-up is off.');
}

test('is agreed to on its amounts, buys once what is left falls below, and is turned off', { tag: '@journey' }, async ({
  page,
  signIn,
  visit,
  hand,
  gate,
  islands,
}, testInfo) => {
  await signIn();
  await visit('/buy');
  await hand.follow(page.getByRole('link', { name: 'Look at auto-top-up' }));
  await accessible(page, islands);
  // A cap without room for one purchase is told, and what was typed is kept.
  await hand.write(page.getByLabel('Spend no more in a month than'), '20');
  await hand.follow(page.getByRole('button', { name: 'Review before turning it on' }));
  await expect(page.getByRole('alert')).toContainText('One purchase comes to £21.60 with tax');
  await expect(page.getByLabel('Spend no more in a month than')).toHaveValue('20');

  await review(page, hand, 1, '500');
  const now = await left(page);
  await visit(PAGE);
  await expect(page.getByText('Off', { exact: true })).toBeVisible();
  await review(page, hand, now, '500');
  await accessible(page, islands);
  await expect(page.locator('#review')).toContainText('One purchase, with tax');
  await expect(page.locator('#review [data-sum="total"]')).toContainText(/£[\d.]+ for \d+ packs/);
  await expect(page.locator('#review')).toContainText('card ending');
  await hand.follow(page.getByRole('button', { name: 'Turn on, up to £500.00 a month' }));
  await expect(page.getByRole('main').getByRole('status')).toContainText('Auto-top-up is on.');
  await accessible(page, islands);

  const bought = page.getByRole('row').filter({ hasText: '50,000 tokens' });
  const before = await bought.count();
  const production = `/productions/top-up-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`;
  const admitted = await gate.put(production, {
    account: gate.account,
    title: 'A film about the harbour',
    steps: [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 30 } }],
  });
  expect(admitted.status, JSON.stringify(admitted.body)).toBe(201);
  await expect(async () => {
    await visit(PAGE);
    await expect(bought).toHaveCount(before + 1, { timeout: 500 });
    await expect(bought.first()).toContainText('Paid', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await hand.follow(bought.first().getByRole('link', { name: 'Receipt' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('50,000 tokens added');
  await expect(page.getByRole('main')).toContainText('£21.60');

  await visit(PAGE);
  await turnOff(page, hand);
  await expect(page.getByRole('button', { name: 'Review before turning it on' })).toBeVisible();
  await gate.post(`${production}/finish`, { outcome: 'cancelled' });
});

test('stops where the card is declined, and goes on with another one', { tag: '@journey' }, async ({
  page,
  server,
  signIn,
  visit,
  hand,
  islands,
}) => {
  await signIn(server.signIns.find((one) => one.email === 'cora@copper.example'));
  await visit('/buy?pack=20000');
  await buy(page, hand, DECLINED_LATER);
  await visit(PAGE);
  await review(page, hand, 900_000, '100');
  await expect(page.locator('#review')).toContainText('so the first pack is bought at once');
  await hand.follow(page.getByRole('button', { name: /^Turn on, up to / }));
  await until(page, visit, /The card was declined on/);
  await expect(page.getByRole('main')).toContainText('Nothing was charged.');
  await expect(page.getByRole('button', { name: 'Review before turning it on' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Usage', exact: true })).toContainText('Auto-top-up failed: card declined');
  await accessible(page, islands);

  await hand.follow(page.getByRole('link', { name: 'Buy a pack with another card' }));
  await buy(page, hand, PAID);
  await visit(PAGE);
  await review(page, hand, 900_000, '100');
  await hand.follow(page.getByRole('button', { name: /^Turn on, up to / }));
  await until(page, visit, /no room for another pack/);
  await expect(page.getByRole('row').filter({ hasText: 'Paid' }).first()).toBeVisible();
  await turnOff(page, hand);
});
