// Letters that lead to what is to be done, and a kind of them that somebody does without.

import { expect, test } from '../support/console';
import { BANNERS } from '../support/pages';

const WORDS = 'Buy extra capacity so that productions don’t stall mid-month.';

test('the letter of a used allowance says what the console says and leads to buying', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter(BANNERS.prompt);
  await visit('/');
  await expect(page.locator('body')).toContainText(WORDS);
  await visit(`/sandbox/mail?to=${encodeURIComponent(BANNERS.prompt)}`);
  const letter = page.getByRole('listitem').filter({ hasText: 'of this month’s allowance is used' }).first();
  await expect(letter).toContainText(WORDS);
  await expect(letter).toContainText(/tokens are left, and [\d,]* ?\w+ \w+/);
  await hand.follow(letter.getByRole('link', { name: 'Buy capacity' }));
  await expect(page).toHaveURL('/buy');
});

test('a kind of letters is switched off and on again', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter(BANNERS.prompt);
  await visit('/you');
  const letters = page.getByRole('region', { name: 'Letters' });
  const bought = letters.getByLabel('Somebody has bought capacity');
  const save = letters.getByRole('button', { name: 'Save letters' });
  await expect(bought).toBeChecked();
  await hand.tick(bought);
  await hand.follow(save);
  await expect(page.getByRole('status').filter({ hasText: 'Your choice of letters is saved.' })).toBeVisible();
  await expect(bought).not.toBeChecked();
  await expect(letters.getByLabel('The allowance is nearly used up')).toBeChecked();
  await hand.tick(bought);
  await hand.follow(save);
  await expect(bought).toBeChecked();
});
