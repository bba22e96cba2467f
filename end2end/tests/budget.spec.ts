// A budget is set, hit, and lifted again.

import { expect, hydrated, test } from '../support/console';

test('a limit that is lowered below what is spent refuses new productions and says so', { tag: '@journey' }, async ({
  page,
  signIn,
  goTo,
  hand,
  gate,
  server,
  islands,
}, testInfo) => {
  await signIn();
  const account = server.accounts[0]!;
  const edit = page.getByRole('link', { name: `of ${account.name}` });
  const save = page.getByRole('button', { name: 'Save limits' });
  await goTo('Accounts & budgets');
  await hand.follow(edit);

  await hand.write(page.getByLabel('Stop new productions at'), 'twelve');
  await hand.follow(save);
  await expect(page.getByRole('alert')).toContainText('Write an amount such as 500.00');
  await hydrated(page, islands);
  await expect(page.getByLabel('Stop new productions at')).toHaveValue('twelve');

  await hand.write(page.getByLabel('Stop new productions at'), '1.00');
  await hand.write(page.getByLabel('Tell me at'), '0.50');
  await hand.pick(page.getByLabel(/ only, then as before$/));
  await hand.pick(page.getByLabel('Now, and every month'));
  await hand.follow(save);
  await expect(page.getByRole('status').filter({ hasText: 'are saved' })).toContainText('running productions finish');
  await expect(page.locator(`[id="${account.id}"]`)).toContainText('Budget limit reached');

  const refused = await gate.put(`/productions/over-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`, {
    account: account.id,
    title: 'A film too many',
    steps: [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 5 } }],
  });
  expect(refused.status).toBe(409);

  await goTo('Usage');
  await hand.follow(page.getByRole('navigation', { name: 'Add up by' }).getByRole('link', { name: 'Turned away' }));
  await hand.follow(page.getByRole('link', { name: 'A film too many' }).first());
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Budget limit reached');
  await expect(page.getByRole('main')).toContainText('Nothing ran and nothing was charged.');
  await hydrated(page, islands);
  await hand.write(page.getByRole('textbox', { name: 'may spend' }), '1');
  await hand.follow(page.getByRole('button', { name: 'Raise to' }));
  await expect(page.getByRole('alert')).toContainText('is not enough for this production');
  await hydrated(page, islands);
  await hand.write(page.getByRole('textbox', { name: 'may spend' }), '9000');
  if (islands) await expect(page.getByRole('button', { name: 'Raise to £9,000.00 for' })).toBeVisible();
  await hand.follow(page.getByRole('button', { name: 'Raise to' }));
  await expect(page.getByRole('status').filter({ hasText: 'may spend' })).toContainText('£9,000.00');
  await expect(page.getByRole('main')).toContainText('The pipeline may ask again');

  await goTo('Accounts & budgets');
  await hand.follow(edit);
  await hand.press(page.getByText('History'));
  await expect(page.getByRole('main')).toContainText('£1.00 → £9,000.00');
  await hand.follow(page.getByRole('button', { name: 'Remove limit' }));
  await expect(page.getByRole('status').filter({ hasText: 'are saved' })).toContainText('nothing is turned away');
});
