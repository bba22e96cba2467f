// Capacity is bought and a plan is changed: what is shown is what is charged, and paying twice charges once. Money goes back:
// staff refund a payment, its payer contests another, and both stand on the invoice.

import { readFile } from 'node:fs/promises';
import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import type { Hand } from '../support/hand';
import { sheets } from '../support/paper';
import { lines as linesOf, number as amount } from '../support/table';

const PAID = '4242 4242 4242 4242';
const DECLINED = '4000 0000 0000 9995';
const ASKS = '4000 0025 0000 3155';

/** Pays on the hosted page. */
async function pay(page: Page, hand: Hand, card: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pay by card');
  await hand.write(page.getByLabel('Card number'), card);
  await hand.follow(page.getByRole('button', { name: /^Pay / }));
}

/** The number in front of "tokens" in what an order leads to. */
async function afterPayment(page: Page): Promise<string> {
  const row = page.locator('.summary > div').filter({ hasText: 'After payment' });
  return (await row.locator('dd').innerText()).replace(' tokens', '');
}

test('buys a pack, is declined, recovers, and has what was promised', { tag: '@journey' }, async ({
  page,
  signIn,
  goTo,
  hand,
}) => {
  await signIn();
  await goTo('Buy capacity');
  const promised = await afterPayment(page);
  const total = (await page.locator('[data-sum="total"] dd').innerText()).trim();
  await hand.follow(page.getByRole('button', { name: `Continue to payment, ${total}` }));

  await pay(page, hand, DECLINED);
  await expect(page.getByRole('alert')).toContainText('not enough funds');
  await pay(page, hand, PAID);
  await expect(page.getByRole('main')).toContainText(`Paid ${total}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('50,000 tokens added');

  await goTo('Buy capacity');
  const now = page.locator('.summary > div').filter({ hasText: 'Available now' }).locator('dd');
  await expect(now).toHaveText(`${promised} tokens`);
  await goTo('Invoices');
  await expect(page.getByRole('row').nth(1)).toContainText('50,000 tokens');
  await hand.follow(page.getByRole('row').nth(1).getByRole('link'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Invoice JAR-');
  await expect(page.getByRole('main')).toContainText(total);
});

test('a double press orders once and charges once; the bank asks, and is answered', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
}) => {
  await enter('cora@copper.example');
  await visit('/buy?pack=20000');
  const bought = page.getByRole('row').filter({ hasText: '20,000 tokens' });
  const before = await bought.count();
  const form = page.locator('form[action="/act/order-pack"]');
  const fields = Object.fromEntries(await form.locator('input').evaluateAll((inputs) =>
    inputs.map((input) => [(input as HTMLInputElement).name, (input as HTMLInputElement).value])));
  const headers = { origin: new URL(page.url()).origin };
  const send = () => page.request.post('/act/order-pack', { form: fields, headers, maxRedirects: 0 });
  const [first, second] = await Promise.all([send(), send()]);
  expect(first.status()).toBe(303);
  expect(second.headers()['location']).toBe(first.headers()['location']);

  await visit(first.headers()['location']!);
  await pay(page, hand, ASKS);
  await expect(page.getByRole('main')).toContainText('The bank asks whether it is you');
  await hand.follow(page.getByRole('button', { name: 'Confirm' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('20,000 tokens added');
  await visit('/buy');
  await expect(bought).toHaveCount(before + 1);
});

test('a payment that is on its way says so, and counts once it is there', async ({ page, enter, visit, hand }) => {
  await enter('mia@meridian.example');
  await visit('/buy?pack=20000');
  await hand.follow(page.getByRole('button', { name: /^Continue to payment/ }));
  await pay(page, hand, '4000 0000 0000 2003');
  await expect(page.getByRole('main')).toContainText('Waiting for the payment');
  await expect(async () => {
    await hand.follow(page.getByRole('link', { name: 'Look again' }));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('20,000 tokens added', { timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
});

/** The newest invoice that is paid whole, opened from the list. */
async function openNewestPaid(page: Page, hand: Hand): Promise<void> {
  const paid = page.getByRole('row').filter({ has: page.getByText('Paid', { exact: true }) });
  await hand.follow(paid.first().getByRole('link'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Invoice JAR-');
}

/** Buys the smallest pack as a customer's administrator. */
async function buy(page: Page, hand: Hand, visit: (path: string) => Promise<unknown>): Promise<void> {
  await visit('/buy?pack=20000');
  await hand.follow(page.getByRole('button', { name: /^Continue to payment/ }));
  await pay(page, hand, PAID);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('20,000 tokens added');
}

test('staff give money back, and the customer has its credit note', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
}) => {
  await enter('cora@copper.example');
  await buy(page, hand, visit);
  await enter('paula@jarai.example'); // she looks at Copper Lane
  await visit('/invoices');
  await openNewestPaid(page, hand);
  await hand.write(page.getByLabel('Amount, with tax'), 'a lot');
  await hand.write(page.getByLabel('Why'), 'They were unhappy');
  await hand.follow(page.getByRole('button', { name: 'Give it back' }));
  await expect(page.getByRole('main')).toContainText('Write an amount such as 12.50');
  await expect(page.getByLabel('Why')).toHaveValue('They were unhappy');
  await hand.write(page.getByLabel('Amount, with tax'), '1.50');
  await hand.follow(page.getByRole('button', { name: 'Give it back' }));
  await expect(page.getByText('were given back')).toBeVisible();
  const back = page.getByRole('region', { name: 'What went back' });
  await expect(back).toContainText('tokens taken back');

  await enter('cora@copper.example');
  await visit('/invoices');
  await hand.follow(page.getByRole('row').filter({ hasText: 'Credit note' }).first().getByRole('link'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('-C0');
  await expect(page.getByRole('main')).toContainText('Total credited');
  await expect(page.getByRole('region', { name: 'Issued by' })).toContainText('Sample Issuer Ltd');
  for (const format of ['A4', 'Letter'] as const) expect(await sheets(page, format), format).toBe(1);
  await expect(page.getByRole('button', { name: 'Give it back' })).toHaveCount(0);
});

test('a payment is contested, and decided for JARAI', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter('cora@copper.example');
  await buy(page, hand, visit);
  await enter('paula@jarai.example');
  await visit('/invoices');
  await openNewestPaid(page, hand);
  await hand.follow(page.getByRole('button', { name: 'Dispute this payment' }));
  await expect(page.getByRole('region', { name: 'What went back' })).toContainText('Open');
  await expect(page.getByRole('main')).toContainText('Disputed');
  await hand.follow(page.getByRole('button', { name: 'Decide for JARAI' }));
  await expect(page.getByRole('region', { name: 'What went back' })).toContainText('Won');
});

test('gets the last invoice: its figures, its sheet of paper, and the list as CSV', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  goTo,
  hand,
}) => {
  await enter('hana@harbour.example');
  await visit('/');
  await goTo('Invoices');
  const last = page.getByRole('row').nth(1);
  const number = await last.getByRole('rowheader').innerText();
  const [, what, total, state] = await last.getByRole('cell').allInnerTexts();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    hand.press(page.getByRole('link', { name: 'CSV' })),
  ]);
  expect(file.suggestedFilename()).toMatch(/^invoices.*\.csv$/);
  const [head, first, ...others] = linesOf(await readFile(await file.path(), 'utf8'));
  expect(head).toEqual(['number', 'issued', 'for', 'currency', 'net', 'tax', 'total', 'state']);
  expect([first![0], first![3], first![7]]).toEqual([number, 'EUR', state]);
  expect(first![2]!.replaceAll(',', '')).toBe(what!.replaceAll(',', ''));
  expect(Number(first![4]) + Number(first![5])).toBeCloseTo(Number(first![6]));
  expect(Number(first![6])).toBe(amount(total!));
  expect(others.length + 1).toBe((await page.getByRole('row').count()) - 1);

  await hand.follow(last.getByRole('link'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Invoice ${number}`);
  const lines = page.getByRole('region', { name: 'Lines' });
  await expect(lines.locator('[data-sum="total"] dd')).toHaveText(total!);
  const amounts = (await lines.locator('dd').allInnerTexts()).map(amount);
  const sum = amounts.pop()!;
  const [tax, ...rest] = amounts.reverse();
  const net = (await lines.locator('[data-sum="net"]').count()) === 1 ? rest[0]! : rest.reduce((a, b) => a + b, 0);
  expect(net + tax!).toBeCloseTo(sum);
  await expect(page.getByRole('region', { name: 'Issued by' })).toContainText('Sample Issuer Ltd');
  await expect(page.getByRole('region', { name: 'Billed to' })).toContainText('Harbour Collective');

  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('region', { name: 'Billed to' })).toBeVisible();
  await expect(page.locator('.button, input, .banner').filter({ visible: true })).toHaveCount(0);
  for (const format of ['A4', 'Letter'] as const) expect(await sheets(page, format), format).toBe(1);
});
