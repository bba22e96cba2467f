// A plan is chosen with its preview, undone, and refused where it has no room.

import { expect, test } from '../support/console';

test('chooses Pro annual with a preview, pays what was shown, and can undo leaving', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  goTo,
  hand,
  by,
}, testInfo) => {
  // A plan can be chosen once: each project has a customer of its own.
  const who = ['mara@northlight.example', 'ren@lantern.example', 'quinn@quarry.example', 'mia@meridian.example', 'cora@copper.example'];
  const place = ['script', 'plain', 'no-wasm', 'keyboard', 'plain-keyboard'].indexOf(testInfo.project.name);
  expect(by).toBeDefined();
  await enter(who[place]!);
  await visit('/');
  await goTo('Plan');
  const main = page.getByRole('main');
  await hand.follow(main.getByRole('link', { name: /^Annual/ }));
  await hand.follow(main.getByRole('link', { name: 'See Pro, annual' }));
  await expect(page.getByRole('heading', { name: 'Change to Pro, annual' })).toBeVisible();
  await expect(main).toContainText('Days of Pro, monthly that are given back');
  const total = (await page.locator('.preview [data-sum="total"] dd').innerText()).trim();
  await hand.follow(page.getByRole('button', { name: `Continue to payment, ${total}` }));
  await hand.write(page.getByLabel('Card number'), '4242 4242 4242 4242');
  await hand.follow(page.getByRole('button', { name: `Pay ${total}` }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are on Pro, annual');

  await goTo('Plan');
  await hand.follow(main.getByRole('link', { name: 'Cancel' }));
  await hand.follow(page.getByRole('button', { name: /^Cancel on / }));
  await expect(page.locator('.decided')).toContainText('this ends');
  await hand.follow(page.getByRole('button', { name: 'Undo' }));
  await expect(page.locator('.decided')).toHaveCount(0);
});

test('a second account on Creator is refused with the way up', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter('fern@fern.example');
  await visit('/accounts/new');
  await hand.write(page.getByLabel('Name of the brand or channel'), 'Fern at night');
  await hand.follow(page.getByRole('button', { name: 'Open account' }));
  await expect(page.getByRole('alert')).toContainText('Your plan includes 1 account');
  await expect(page.getByLabel('Name of the brand or channel')).toHaveValue('Fern at night');
  await hand.follow(page.getByRole('link', { name: /See Pro/ }));
  await expect(page.getByRole('heading', { name: 'Change to Pro, monthly' })).toBeVisible();
});

test('prices are a table for everybody, by period and currency', async ({ page, visit, hand }) => {
  await visit('/pricing?billing=annual&currency=JPY');
  await expect(page.getByRole('columnheader', { name: /Pro/ })).toContainText('JP¥7,565');
  await expect(page.getByRole('columnheader', { name: /Pro/ })).toContainText('JP¥90,780 billed yearly');
  await expect(page.getByRole('rowheader', { name: 'Tokens a month' })).toBeVisible();
  await hand.follow(page.getByRole('link', { name: 'Monthly' }));
  await expect(page.getByRole('columnheader', { name: /Pro/ })).toContainText('JP¥8,900');
});

test('a change of plan with a card that is declined leaves everything as it was, and goes on with another card', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  goTo,
  hand,
}) => {
  await enter('fern@fern.example');
  await visit('/');
  await goTo('Plan');
  const main = page.getByRole('main');
  await expect(main).toContainText('Fern Diaries is on Creator, monthly');
  await hand.follow(main.getByRole('link', { name: 'See Pro, monthly' }));
  const total = (await page.locator('.preview [data-sum="total"] dd').innerText()).trim();
  await hand.follow(page.getByRole('button', { name: `Continue to payment, ${total}` }));
  await hand.write(page.getByLabel('Card number'), '4000 0000 0000 9995');
  await hand.follow(page.getByRole('button', { name: `Pay ${total}` }));
  await expect(page.getByRole('alert')).toContainText('The card was declined: not enough funds. Nothing was charged.');

  await hand.follow(page.getByRole('link', { name: 'Back to JARAI Console' }));
  await expect(main).toContainText('Not paid');
  await expect(main).toContainText('Nothing was charged, and you stay on Creator, monthly.');
  await goTo('Plan');
  await expect(main).toContainText('Fern Diaries is on Creator, monthly');
  const waits = page.getByRole('region', { name: 'A change that is not paid' });
  await expect(waits).toContainText(`Pro, monthly is ordered and not paid: ${total} with tax.`);

  await hand.follow(waits.getByRole('link', { name: 'Go on to pay it' }));
  await hand.follow(page.getByRole('button', { name: `Pay ${total}` }));
  await hand.write(page.getByLabel('Card number'), '4242 4242 4242 4242');
  await hand.follow(page.getByRole('button', { name: `Pay ${total}` }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are on Pro, monthly');
  await goTo('Plan');
  await expect(main).toContainText('Fern Diaries is on Pro, monthly');
  await expect(waits).toHaveCount(0);
  await goTo('Invoices');
  await expect(page.getByRole('row').nth(1)).toContainText('Pro, monthly');
  await expect(page.getByRole('row').nth(1)).toContainText(total);
  await expect(page.getByRole('row').nth(1)).toContainText('Paid');
});
