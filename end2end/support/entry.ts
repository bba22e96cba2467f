// The ways in: somebody registers, follows a letter of the sandbox, signs in, leaves.

import { type Page, expect } from '@playwright/test';
import type { Hand } from './hand';

export const PASSWORD = 'slate-harbour-lantern';

type Visit = (path: string) => Promise<void>;

/** An address that nobody has used before. */
export function fresh(name: string, project: string, retry: number): string {
  return `${name}-${project}-${retry}@studio.example`;
}

/** Opens the newest letter to somebody in the sandbox's mailbox, and follows its link. */
export async function followLetter(page: Page, visit: Visit, hand: Hand, to: string): Promise<void> {
  await visit(`/sandbox/mail?to=${encodeURIComponent(to)}`);
  await hand.follow(page.getByRole('main').getByRole('listitem').first().getByRole('link'));
}

/** Registers somebody and sets a password: they are signed in, on the page of plans. `look` sees the letter's page. */
export async function register(
  page: Page,
  visit: Visit,
  hand: Hand,
  email: string,
  look: () => Promise<void> = async () => {},
): Promise<void> {
  await visit('/register');
  await hand.write(page.getByLabel('Your name'), 'Nia Okoro');
  await hand.write(page.getByLabel('Email'), email);
  await hand.choose(page.getByLabel('Billing country'), 'FR');
  await page.getByRole('checkbox').focus();
  await page.keyboard.press('Space');
  await hand.follow(page.getByRole('button', { name: 'Send me a link to confirm' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A letter is on its way');
  await expect(page.getByRole('link', { name: 'Read it in the sandbox’s mailbox' })).toBeVisible();
  await followLetter(page, visit, hand, email);
  await expect(page.getByRole('main')).toContainText(email);
  await look();
  await hand.write(page.getByLabel('New password'), PASSWORD);
  await hand.follow(page.getByRole('button', { name: 'Set password and begin' }));
  await expect(page).toHaveURL('/plan');
}

export async function enterPassword(page: Page, visit: Visit, hand: Hand, email: string, password: string): Promise<void> {
  await visit('/sign-in');
  await hand.write(page.getByLabel('Email'), email);
  await hand.write(page.getByLabel('Password'), password);
  await hand.follow(page.getByRole('button', { name: 'Sign in', exact: true }));
}

export async function leave(page: Page, hand: Hand): Promise<void> {
  await hand.follow(page.getByRole('button', { name: 'Sign out', exact: true }));
  await expect(page).toHaveURL('/sign-in');
}
