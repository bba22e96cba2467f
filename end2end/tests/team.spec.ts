// Getting in: from the registration to the tour, by a link, by another password, and with a second factor.

import { Secret, TOTP } from 'otpauth';
import { expect, test } from '../support/console';
import { PASSWORD, enterPassword, followLetter, fresh, leave, register } from '../support/entry';

test('registers, chooses a plan, opens the first account and takes the tour', { tag: '@journey' }, async ({
  page,
  visit,
  goTo,
  hand,
}, testInfo) => {
  await register(page, visit, hand, fresh('nia', testInfo.project.name, testInfo.retry));
  await expect(page.getByRole('status').filter({ hasText: 'evaluation' })).toContainText('Choose a plan now');
  await goTo('Overview');
  const needs = page.getByRole('region', { name: 'Needs you' });
  await expect(needs.getByRole('heading', { level: 3 })).toHaveText([
    'Choose a plan',
    'Open your first account',
    'See how it works',
  ]);
  await hand.follow(needs.getByRole('link', { name: 'See the plans' }));
  await hand.follow(page.getByRole('main').getByRole('link', { name: 'See Creator, monthly' }));
  await hand.follow(page.locator('.preview').getByRole('button').first());
  await expect(page.getByRole('status').filter({ hasText: 'You are on Creator' })).toBeVisible();
  await goTo('Overview');
  await expect(needs).not.toContainText('Choose a plan');
  await hand.follow(needs.getByRole('link', { name: /^Open an account/ }));
  await hand.write(page.getByLabel('Name of the brand or channel'), 'Nia’s kitchen');
  await hand.follow(page.getByRole('button', { name: 'Open account' }));
  await expect(page.getByRole('main')).toContainText('Nia’s kitchen');
  await goTo('Overview');
  await hand.follow(needs.getByRole('link', { name: /^Take the tour/ }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Billing and usage');
});

test('signs in with a second factor, and with a recovery code where the phone is lost', { tag: '@journey' }, async ({
  page,
  visit,
  hand,
}, testInfo) => {
  const email = fresh('factor', testInfo.project.name, testInfo.retry);
  await register(page, visit, hand, email);
  await hand.follow(page.getByRole('link', { name: 'Nia Okoro' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Profile & security');
  await hand.follow(page.getByRole('button', { name: 'Turn on the second factor' }));
  await expect(page.getByRole('img', { name: 'QR code with the secret below' })).toBeVisible();
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '');
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  // With time left in this step, so that the one before is still the one before when it arrives.
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 12_000) await page.waitForTimeout(left);
  // The code of the step before is one as well; the one of now is for the sign-in.
  await hand.write(page.getByLabel('Code', { exact: true }), app.generate({ timestamp: Date.now() - 30_000 }));
  await hand.follow(page.getByRole('button', { name: 'Turn on the second factor' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your recovery codes');
  const recovery = await page.locator('.recovery-codes code').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await hand.follow(page.getByRole('link', { name: 'I have kept them' }));
  await expect(page.getByRole('main')).toContainText('10 recovery codes are left.');
  await expect(page.getByRole('listitem').filter({ hasText: 'This one' })).toContainText('Chrome on Linux');
  await leave(page, hand);

  await enterPassword(page, visit, hand, email, PASSWORD);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Second step');
  await hand.write(page.getByLabel('Code', { exact: true }), '000000');
  await hand.follow(page.getByRole('button', { name: 'Sign in', exact: true }));
  await expect(page.getByRole('alert')).toContainText('wrong or was used');
  await hand.write(page.getByLabel('Code', { exact: true }), app.generate());
  await hand.follow(page.getByRole('button', { name: 'Sign in', exact: true }));
  await expect(page).toHaveURL('/');
  await leave(page, hand);

  await enterPassword(page, visit, hand, email, PASSWORD);
  await hand.write(page.getByLabel('Code', { exact: true }), recovery[0]!);
  await hand.follow(page.getByRole('button', { name: 'Sign in', exact: true }));
  await expect(page).toHaveURL('/');
  await visit('/you');
  await expect(page.getByRole('main')).toContainText('9 recovery codes are left.');
});

test('signs in by a link, once', { tag: '@journey' }, async ({ page, visit, hand, complaints }, testInfo) => {
  const email = fresh('link', testInfo.project.name, testInfo.retry);
  await register(page, visit, hand, email);
  await leave(page, hand);
  await hand.follow(page.getByRole('link', { name: 'Send me a sign-in link' }));
  await hand.write(page.getByLabel('Email'), email);
  await hand.follow(page.getByRole('button', { name: 'Send me the link' }));
  await followLetter(page, visit, hand, email);
  const used = page.url();
  await hand.follow(page.getByRole('button', { name: 'Sign in' }));
  await expect(page).toHaveURL('/');
  complaints.expect(/status of 404/);
  await visit(used);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link cannot be used');
});

test('sets another password by a letter, which signs other devices out', { tag: '@journey' }, async ({
  page,
  visit,
  hand,
  browser,
  server,
}, testInfo) => {
  const email = fresh('reset', testInfo.project.name, testInfo.retry);
  await register(page, visit, hand, email);
  const elsewhere = await browser.newContext({ baseURL: server.address, storageState: await page.context().storageState() });
  const asked = () => elsewhere.request.get('/you', { maxRedirects: 0 });
  expect((await asked()).status()).toBe(200);
  // The cookie is on the other device now; this one forgets it.
  await page.context().clearCookies();
  await visit('/sign-in');
  await hand.follow(page.getByRole('link', { name: 'Set another password' }));
  await hand.write(page.getByLabel('Email'), email);
  await hand.follow(page.getByRole('button', { name: 'Send me the link' }));
  await followLetter(page, visit, hand, email);
  await hand.write(page.getByLabel('New password'), 'short');
  await hand.follow(page.getByRole('button', { name: 'Set password' }));
  await expect(page.getByRole('alert')).toContainText('at least 12 characters');
  await hand.write(page.getByLabel('New password'), 'another-slate-harbour');
  await hand.follow(page.getByRole('button', { name: 'Set password' }));
  await expect(page.getByRole('status')).toContainText('every device was signed out');
  expect((await asked()).status()).toBe(303);
  await elsewhere.close();
  await enterPassword(page, visit, hand, email, 'another-slate-harbour');
  await expect(page).toHaveURL('/');
});
