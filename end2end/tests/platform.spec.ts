// The platform's side: a contact is written down and loses their sign-in, an operator is assigned an account, a risk score is
// reset, a loop is switched off with what needs it, and the log puts things back.

import { type Page } from '@playwright/test';
import { expect, hydrated, test } from '../support/console';

const PAULA = 'paula@jarai.example';

/** The row of a list that has these words. */
function row(page: Page, words: string) {
  return page.getByRole('row').filter({ hasText: words }).first();
}

test('a contact is written down, made the main one, and is made inactive with reason', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  goTo,
  hand,
  islands,
}, testInfo) => {
  const name = `Ana${testInfo.project.name.replace(/[^a-z]/g, '')}${testInfo.retry}`;
  await enter(PAULA);
  await visit('/');
  await goTo('Customers');
  await hand.follow(page.getByRole('link', { name: 'Harbour Collective', exact: true }));
  await hand.follow(page.getByRole('link', { name: 'Write a contact down' }));
  await hand.write(page.getByLabel('First name'), name);
  await hand.write(page.getByLabel('Last name'), 'Moss');
  await hand.write(page.getByLabel('Email', { exact: true }), `${name}@harbour.example`);
  await hand.write(page.getByLabel('Phone, if there is one'), 'call me');
  await hand.follow(page.getByRole('button', { name: 'Save the contact' }));
  await expect(page.getByRole('alert')).toContainText('Write a telephone number');
  await hydrated(page, islands);
  await expect(page.getByLabel('First name')).toHaveValue(name);
  await hand.write(page.getByLabel('Phone, if there is one'), '+44 20 7946 0018');
  await hand.follow(page.getByRole('button', { name: 'Save the contact' }));
  await expect(page.getByRole('status').filter({ hasText: 'is written down' })).toBeVisible();
  await expect(row(page, `${name} Moss`)).toContainText('Active');

  await hand.press(page.getByText('Choose its main contact').first());
  const main = page.getByLabel('Main contact').first();
  const value = await main.locator('option', { hasText: `${name} Moss` }).getAttribute('value');
  await hand.choose(main, value!);
  await hand.follow(page.getByRole('button', { name: 'Save the main contact' }).first());
  await expect(row(page, `${name} Moss`)).toContainText('Deep Water');

  await hand.follow(page.getByRole('link', { name: `Change ${name} Moss` }));
  await hand.write(page.getByLabel('Why').first(), 'Left the studio');
  await hand.follow(page.getByRole('button', { name: 'Make them inactive now' }));
  await expect(page.getByRole('status').filter({ hasText: 'They are inactive' })).toBeVisible();
  await expect(row(page, `${name} Moss`)).toContainText('Inactive since');

  await visit('/audit?act=contactSwitched');
  const entry = page.getByRole('row').nth(1);
  await expect(entry).toContainText(`${name} Moss`);
  await expect(entry).toContainText('Left the studio');
  await hand.press(entry.getByText('Revert', { exact: true }));
  await hand.write(entry.getByLabel('Why'), 'A mistake');
  await hand.follow(entry.getByRole('button', { name: 'Put it back' }));
  await expect(page.getByRole('status').filter({ hasText: 'put back' })).toBeVisible();
});

test('an operator is assigned an account, and who comes second hears what is so now', async ({
  page,
  enter,
  visit,
  hand,
  complaints,
  islands,
}) => {
  complaints.expect(/Failed to load resource.*409/);
  await enter(PAULA);
  await visit('/platform/assignments');
  const other = await page.context().newPage();
  await other.goto('/platform/assignments');
  const sofia = (of: Page) => of.getByRole('listitem').filter({ hasText: 'sofia@northlight.example' });
  await expect(sofia(page).getByRole('checkbox', { checked: true })).toHaveCount(1);
  await sofia(other).getByLabel('Tech in Ten').click();
  await sofia(other).getByRole('button', { name: /^Save / }).click();
  await expect(other.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();

  await hand.tick(sofia(page).getByLabel('Night Sky Daily'));
  await hand.follow(sofia(page).getByRole('button', { name: /^Save / }));
  await expect(page.getByRole('alert')).toContainText('it is now Slow Kitchen, Tech in Ten');
  await expect(sofia(page).getByLabel('Night Sky Daily')).toBeChecked();
  await expect(sofia(page).getByLabel('Tech in Ten')).not.toBeChecked();
  await hydrated(page, islands);
  await hand.tick(sofia(page).getByLabel('Night Sky Daily'));
  await hand.follow(sofia(page).getByRole('button', { name: /^Save / }));
  await expect(sofia(page).getByRole('checkbox', { checked: true })).toHaveCount(1);

  await hand.follow(page.getByRole('link', { name: 'Customer access' }));
  const mara = page.getByRole('listitem').filter({ hasText: 'mara@northlight.example' });
  await hand.tick(mara.getByLabel('Northlight Films – Customer administrator'));
  await hand.follow(mara.getByRole('button', { name: /^Save / }));
  await expect(page.getByRole('alert')).toContainText('last administrator');
});

test('a risk score is reset with a reason, and put back', async ({ page, enter, visit, hand }) => {
  await enter(PAULA);
  await visit('/platform/customers');
  await hand.follow(page.getByRole('link', { name: 'Quarry Road', exact: true }));
  const risk = page.getByRole('region', { name: /^Risk score/ });
  await expect(risk).toContainText('25');
  await hand.press(risk.getByText('Reset it'));
  await hand.write(risk.getByLabel('Why'), 'Settled with the bank');
  await hand.follow(risk.getByRole('button', { name: 'Set it to 0' }));
  await expect(page.getByRole('status').filter({ hasText: 'The risk score is 0 again' })).toBeVisible();
  await visit('/audit?act=riskScoreReset');
  const entry = page.getByRole('row').nth(1);
  await hand.press(entry.getByText('Revert', { exact: true }));
  await hand.write(entry.getByLabel('Why'), 'It was another customer');
  await hand.follow(entry.getByRole('button', { name: 'Put it back' }));
  await expect(page.getByRole('status').filter({ hasText: 'put back' })).toBeVisible();
});

test('a loop is switched off with what needs it, and on again', async ({ page, enter, visit, hand }) => {
  await enter(PAULA);
  await visit('/platform/controls');
  const loop = page.locator('#engagement');
  await expect(loop).toContainText('On');
  await hand.press(loop.getByText('Switch it off'));
  await expect(loop).toContainText('Sentiment analysis and Auto-response need it');
  await hand.write(loop.getByLabel('Why'), 'Costs too much');
  await hand.follow(loop.getByRole('button', { name: 'Switch all 3 off' }));
  await expect(loop).toContainText('Off since');
  await expect(page.locator('#autoResponse')).toContainText('Off since');
  const answers = page.locator('#autoResponse');
  await hand.press(answers.getByText('Switch it on'));
  await hand.write(answers.getByLabel('Why'), 'Cheaper now');
  await hand.follow(answers.getByRole('button', { name: 'Switch all 3 on' }));
  await expect(loop).not.toContainText('Off since');
});

test('the jobs say when they last ran', async ({ page, enter, visit }) => {
  await enter(PAULA);
  await visit('/platform/jobs');
  await expect(row(page, 'Closing of months')).toContainText('Running');
  await expect(page.getByRole('main')).toContainText('Everything that the payment provider has told could be used');
});
