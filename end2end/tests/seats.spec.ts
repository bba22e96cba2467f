// The team: somebody is invited, joins, is changed and removed; a seat is added; a cap is set and hit.

import { type Page } from '@playwright/test';
import { expect, hydrated, test } from '../support/console';

const MARA = 'mara@northlight.example';
const JOIN = /\/invitations\/accept\?token=[0-9a-f]{64}/;

/** The row of a member, or the line of an invitation. */
const row = (page: Page, name: string) => page.getByRole('main').locator('tr, .invited > li').filter({ hasText: name });

/** An address of one's own, so that the journey can be made again. */
const fresh = (project: string) => `${project}-${Date.now()}@studio.example`;

test('an invitation is sent, sent again and revoked', { tag: '@journey' }, async ({ page, enter, visit, goTo, hand, islands }, testInfo) => {
  const email = fresh(testInfo.project.name);
  await enter(MARA);
  await visit('/');
  await goTo('Team & seats');
  await expect(row(page, 'Mara Lindqvist')).toContainText('You');
  await hand.follow(page.getByRole('link', { name: 'Invite somebody' }));
  await hand.write(page.getByLabel('Email'), 'nobody@nowhere');
  await hand.follow(page.getByRole('button', { name: 'Send the invitation' }));
  await expect(page.getByRole('alert')).toContainText('Write an email address such as');
  await hydrated(page, islands);
  await expect(page.getByLabel('Email')).toHaveValue('nobody@nowhere');
  await hand.write(page.getByLabel('Email'), email);
  await hand.pick(page.getByLabel(/^Operator/));
  await hand.tick(page.getByLabel('Slow Kitchen'));
  await hand.follow(page.getByRole('button', { name: 'Send the invitation' }));
  await expect(page.getByRole('status').filter({ hasText: 'is invited' })).toContainText('works for seven days');
  await expect(row(page, email)).toContainText('Operator: Slow Kitchen');
  await hand.follow(page.getByRole('button', { name: `Send again to ${email}` }));
  await expect(page.getByRole('status').filter({ hasText: 'new link' })).toContainText('works no more');
  await hand.follow(page.getByRole('button', { name: `Revoke the invitation to ${email}` }));
  await expect(page.getByRole('status').filter({ hasText: 'revoked' })).toBeVisible();
  await expect(row(page, email)).toHaveCount(0);
});

test('whoever is invited joins by the letter, is changed and removed', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
  islands,
}, testInfo) => {
  await enter(MARA);
  const email = fresh(testInfo.project.name);
  await visit('/team?invite=yes');
  await hand.write(page.getByLabel('Email'), email);
  await hand.follow(page.getByRole('button', { name: 'Send the invitation' }));
  const letters = await page.request.get(`/sandbox/mail?to=${encodeURIComponent(email)}`);
  const [link] = (await letters.text()).match(JOIN) ?? [];
  expect(link, 'the letter has a link').toBeDefined();
  await hand.follow(page.getByRole('button', { name: 'Sign out' }).first());

  await visit(link!);
  await hand.write(page.getByLabel('Your name'), 'Nina Vesely');
  await hand.write(page.getByLabel(/^A password/), 'a password of hers');
  await hand.follow(page.getByRole('button', { name: 'Join Northlight Films' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await enter(MARA);
  await visit('/team');
  await hand.follow(row(page, email).getByRole('link', { name: 'Edit' }));
  await hand.pick(page.getByLabel(/^Customer administrator/));
  await hand.follow(page.getByRole('button', { name: 'Save Nina Vesely' }));
  await expect(row(page, email)).toContainText('Customer administrator');
  await hand.follow(row(page, email).getByRole('link', { name: 'Edit' }));
  await hand.press(page.getByText('Remove Nina Vesely', { exact: true }));
  await hand.follow(page.getByRole('button', { name: 'Remove Nina Vesely now' }));
  await expect(page.getByRole('status').filter({ hasText: 'They are removed' })).toBeVisible();
  await expect(row(page, email)).toHaveCount(0);
  await hydrated(page, islands);
});

test('a role is changed, with the accounts that it reaches', { tag: '@journey' }, async ({ page, enter, visit, hand }) => {
  await enter(MARA);
  await visit('/team');
  const jonas = row(page, 'Jonas Brandt');
  await hand.follow(jonas.getByRole('link', { name: 'Edit' }));
  await hand.pick(page.getByLabel(/^Operator/));
  await hand.tick(page.getByLabel('Night Sky Daily'));
  await hand.follow(page.getByRole('button', { name: 'Save Jonas Brandt' }));
  await expect(jonas).toContainText('Operator');
  await expect(jonas).toContainText('Night Sky Daily');
  await hand.follow(jonas.getByRole('link', { name: 'Edit' }));
  await hand.pick(page.getByLabel(/^Viewer/));
  await hand.follow(page.getByRole('button', { name: 'Save Jonas Brandt' }));
  await expect(jonas).toContainText('Viewer');
  await expect(jonas).toContainText('All');
});

test('a cap is set, hit, overridden for a time and lifted', { tag: '@journey' }, async ({
  page,
  enter,
  visit,
  hand,
  gate,
  islands,
}, testInfo) => {
  await enter(MARA);
  await visit('/team');
  const tunde = row(page, 'Tunde Okafor');
  const save = page.getByRole('button', { name: 'Save Tunde Okafor' });
  const edit = tunde.getByRole('link', { name: 'Edit' });
  const person = new URL((await edit.getAttribute('href'))!, page.url()).searchParams.get('edit');
  /** What the gate says to a production of Tunde's. What is admitted is given back: it would take one of the account's places. */
  const ask = async (name: string) => {
    const production = `/productions/${name}-${testInfo.project.name}-${testInfo.retry}-${Date.now()}`;
    const answer = await gate.put(production, {
      account: gate.account,
      title: 'A film of Tunde’s',
      member: person,
      steps: [{ step: 'voice-1', kind: 'speech', quantity: { seconds: 5 } }],
    });
    if (answer.status === 201) await gate.post(`${production}/finish`, { outcome: 'cancelled' });
    return answer;
  };
  const admitted = async (name: string) => {
    const answer = await ask(name);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  };
  await hand.follow(edit);
  await hand.write(page.getByLabel('Cap, tokens a cycle'), 'few');
  await hand.follow(save);
  await expect(page.getByRole('alert')).toContainText('Write a whole number of tokens');
  await hydrated(page, islands);
  await hand.write(page.getByLabel('Cap, tokens a cycle'), '1');
  await hand.follow(save);
  await expect(tunde).toContainText('held');
  const refused = await ask('capped');
  expect([refused.status, refused.body.error]).toEqual([409, 'SEAT_CAP_REACHED']);

  await hand.follow(edit);
  await hand.write(page.getByLabel('Tokens', { exact: true }), '9,000,000');
  await hand.follow(page.getByRole('button', { name: 'Set it for a time' }));
  await expect(tunde).toContainText('9,000,000');
  await expect(tunde).toContainText(/until .*, then 1/);
  await admitted('allowed');
  await hand.follow(edit);
  await hand.follow(page.getByRole('button', { name: 'End it now' }));
  expect((await ask('again')).status).toBe(409);
  await hand.follow(edit);
  await hand.write(page.getByLabel('Cap, tokens a cycle'), '');
  await hand.follow(save);
  await admitted('free');
});

test('a seat is added with its price and its pool shown first', { tag: '@journey' }, async ({ page, enter, visit, goTo, hand }) => {
  await enter('hana@harbour.example');
  await visit('/');
  await goTo('Team & seats');
  const seats = Number((await page.getByRole('main').innerText()).match(/(\d+) seats, \d+ taken/)![1]);
  await expect(page.getByRole('main')).toContainText('One more seat adds');
  await hand.follow(page.getByRole('link', { name: 'Change seats' }));
  await expect(page.getByRole('spinbutton', { name: 'Seats' })).toHaveValue(String(seats + 1));
  const pool = (count: number) => (count * 200_000).toLocaleString('en-GB');
  await expect(page.locator('.preview')).toContainText(`${pool(seats)} → ${pool(seats + 1)} tokens`);
  const total = (await page.locator('.preview [data-sum="total"] dd').innerText()).trim();
  await hand.follow(page.getByRole('button', { name: `Continue to payment, ${total}` }));
  await hand.write(page.getByLabel('Card number'), '4242 4242 4242 4242');
  await hand.follow(page.getByRole('button', { name: `Pay ${total}` }));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`${seats + 1} seats`);
  await goTo('Team & seats');
  await expect(page.getByRole('main')).toContainText(`${seats + 1} seats, ${seats} taken`);
  await expect(page.getByRole('main')).toContainText(`one pool of ${pool(seats + 1)} tokens`);
});
