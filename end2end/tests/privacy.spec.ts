// Somebody's own data: a copy as a file, what they agree to, a request that staff answer, and an account that is to be
// deleted and is kept.

import { readFile } from 'node:fs/promises';
import { expect, hydrated, test } from '../support/console';

const TUNDE = 'tunde@northlight.example';
const TABLES = [
  'profile',
  'memberships',
  'devices',
  'invitations_made',
  'invitations_received',
  'contacts',
  'keys_made',
  'productions',
  'seat_requests',
  'consents',
  'auto_top_up_agreements',
  'letter_choices',
  'data_requests',
  'letters',
  'log',
];

/** The names in a ZIP's directory, which stands at its end. */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    names.push(zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString());
  }
  return names;
}

test('a copy of one’s data is one file with a word on each table', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter(TUNDE);
  await visit('/you');
  await hand.follow(page.getByRole('link', { name: 'Privacy', exact: true }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Privacy');
  const file = page.waitForEvent('download');
  await hand.press(page.getByRole('button', { name: 'Download my data' }));
  const download = await file;
  expect(download.suggestedFilename()).toMatch(/^my-data-\d{4}-\d{2}-\d{2}\.zip$/);
  const names = namesIn(await readFile((await download.path())!));
  expect(names.sort()).toEqual(['README.txt', ...TABLES.flatMap((table) => [`${table}.json`, `${table}.csv`])].sort());
  await visit('/you/privacy');
  await expect(page.getByRole('region', { name: 'What you have asked' })).toContainText('A copy of your data Done');
});

test('an account is to be deleted, says when, and is kept', { tag: '@journey' }, async ({ page, enter, signIn, visit, hand, islands, server }) => {
  await enter(TUNDE);
  await visit('/you/privacy');
  await hand.write(page.getByLabel(/^Type tunde@/), 'somebody@else.example');
  await hand.follow(page.getByRole('button', { name: 'Delete my account in 30 days' }));
  await expect(page.getByRole('alert')).toContainText(`Type ${TUNDE} to say that this account is meant.`);
  await hydrated(page, islands);
  await hand.write(page.getByLabel(/^Type tunde@/), TUNDE);
  await hand.follow(page.getByRole('button', { name: 'Delete my account in 30 days' }));
  const leaving = page.getByRole('region', { name: 'Your account will be deleted' });
  await expect(leaving).toContainText(/Your account will be deleted on \d+ \w+ \d{4}, \d\d:\d\d UTC\. Until then you can sign in/);
  await visit(`/sandbox/mail?to=${encodeURIComponent(TUNDE)}`);
  await expect(page.getByRole('main').getByRole('listitem').first()).toContainText('Keep my account');

  // Signing in works, and says so.
  await page.context().clearCookies();
  const tunde = server.signIns.find((who) => who.email === TUNDE)!;
  await signIn(tunde);
  await expect(page.getByRole('status').filter({ hasText: 'You have asked that your account be deleted' })).toBeVisible();
  await visit('/you');
  await expect(page.getByRole('main')).toContainText('Your account will be deleted on');
  await hand.follow(page.getByRole('link', { name: 'Keep it under Privacy' }));
  await hand.follow(page.getByRole('button', { name: 'Keep my account' }));
  await expect(page.getByRole('status').filter({ hasText: 'Your account stays' })).toBeVisible();
  await expect(leaving).toHaveCount(0);
  await expect(page.getByLabel(/^Type tunde@/)).toBeVisible();
});

test('product news is agreed to and taken back, and an objection is answered in time', async ({ page, enter, visit, hand, islands }) => {
  await enter('jonas@northlight.example');
  await visit('/you/privacy');
  const agreed = page.getByRole('region', { name: 'What you agree to' });
  await expect(agreed).toContainText('You have not agreed, and are sent none.');
  await hand.follow(agreed.getByRole('button', { name: 'Send me product news' }));
  await expect(agreed).toContainText(/You agreed on \d+ \w+ \d{4}/);
  await hand.follow(agreed.getByRole('button', { name: 'Stop product news' }));
  await expect(agreed).toContainText('You took it back on');
  await hand.pick(page.getByLabel('To end a use of my data'));
  await hand.follow(page.getByRole('button', { name: 'Send the request' }));
  await expect(page.getByRole('alert')).toContainText('Say what you object to.');
  await hydrated(page, islands);
  await expect(page.getByLabel('To end a use of my data')).toBeChecked();
  await hand.write(page.getByLabel('Which data, or which use'), 'Usage by person');
  await hand.follow(page.getByRole('button', { name: 'Send the request' }));
  await expect(page.getByRole('status').filter({ hasText: 'It is acknowledged by' })).toBeVisible();

  await enter('paula@jarai.example');
  await visit('/platform/requests');
  const row = page.getByRole('row').filter({ hasText: 'Usage by person' });
  await expect(row).toContainText('Objection to processing');
  await hand.follow(row.getByRole('button', { name: 'Acknowledge' }));
  await expect(row).toContainText('Acknowledged');
  await hand.press(row.getByText('Answer or extend', { exact: true }));
  await hand.write(row.getByLabel(/^What was done/), 'It is left out from now on.');
  await hand.follow(row.getByRole('button', { name: 'It is done' }));
  await expect(row).toContainText('It is left out from now on.');
  await visit('/audit');
  await expect(page.getByRole('row').nth(1)).toContainText('resolved a data request');

  await enter('jonas@northlight.example');
  await visit('/you/privacy');
  await expect(page.getByRole('region', { name: 'What you have asked' })).toContainText('It is left out from now on.');
});
