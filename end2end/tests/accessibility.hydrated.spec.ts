// No page breaks a rule that axe knows, in either colour scheme and on the narrowest screen, whatever its banner says. axe
// is a script itself.

import AxeBuilder from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import { BANNERS, FULL, LINE, PUBLIC, STAFF } from '../support/pages';

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'narrow', colorScheme: 'light', width: 320 },
] as const;

/** Tries the page that is open in every look. */
async function expectNoViolations(page: Page): Promise<void> {
  for (const { name, colorScheme, width } of LOOKS) {
    const where = `${page.url()} ${name}`;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }).analyze();
    const broken = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
    expect(broken, where).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `pixels to scroll sideways on ${where}`).toBeLessThanOrEqual(0);
  }
}

test('pages outside', async ({ page, visit, complaints }) => {
  complaints.expect(/Failed to load resource.*404/);
  for (const path of PUBLIC) {
    await visit(path);
    await expectNoViolations(page);
  }
});

/** What stands below the banner does not depend on its state: one customer shows all of it. */
const pathsUnder = (state: string) => (state === 'prompt' ? [...FULL, ...LINE] : [FULL[0]!, LINE[0]!]);

for (const [state, email] of Object.entries(BANNERS)) {
  for (const path of pathsUnder(state)) {
    test(`${path} under the banner ${state}`, async ({ page, enter, visit }) => {
      await enter(email);
      await visit(path);
      const banner = page.getByRole('region', { name: 'Usage', exact: true });
      await expect(banner).toHaveAttribute('data-state', state);
      await expect(banner).toHaveAttribute('data-full', String(FULL.includes(path)));
      await expectNoViolations(page);
    });
  }
}

test('a team of seats, and the forms of a member', async ({ page, enter, visit }) => {
  await enter(BANNERS.healthy);
  await visit('/team');
  await expect(page.getByRole('heading', { name: 'Asked for more' })).toBeVisible();
  await expectNoViolations(page);
  await visit((await page.getByRole('link', { name: 'Edit Omar Haddad' }).getAttribute('href'))!);
  await page.getByText('Remove Omar Haddad', { exact: true }).click();
  await expectNoViolations(page);
});

for (const path of STAFF.paths) {
  test(`${path} for who works for JARAI`, async ({ page, enter, visit }) => {
    await enter(STAFF.email);
    await visit(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoViolations(page);
  });
}

test('the form for limits and a refusal', async ({ page, enter, visit, server }) => {
  await enter(BANNERS.prompt);
  await visit(`/accounts?edit=${server.accounts[0]!.id}`);
  await expectNoViolations(page);
  await visit('/usage?by=refused');
  await page.getByRole('table').getByRole('link').first().click();
  await expect(page.getByText('Not started', { exact: true })).toBeVisible();
  await expectNoViolations(page);
});

test('paying, an invoice, what goes back of it, and its credit note', async ({ page, enter, visit }) => {
  test.slow();
  await enter('cora@copper.example');
  await visit('/buy?pack=20000');
  await page.getByRole('button', { name: /^Continue to payment/ }).click();
  await page.getByLabel('Card number').fill('4000 0000 0000 9995');
  await page.getByRole('button', { name: /^Pay / }).click();
  await expect(page.getByRole('alert')).toContainText('declined');
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Back to JARAI Console' }).click();
  await expect(page.getByText('Not paid')).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByRole('button', { name: /^Pay / }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('20,000 tokens added');
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Invoice', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Issued by' })).toBeVisible();
  await expectNoViolations(page);
  const invoice = new URL(page.url()).pathname;

  await enter(STAFF.email); // she looks at Copper Lane
  await visit(invoice);
  await page.getByLabel('Amount, with tax').fill('a lot');
  await page.getByLabel('Why').fill('They were unhappy');
  await page.getByRole('button', { name: 'Give it back' }).click();
  await expect(page.getByText('Write an amount such as 12.50')).toBeVisible();
  await expectNoViolations(page);
  await page.getByLabel('Amount, with tax').fill('1.50');
  await page.getByRole('button', { name: 'Give it back' }).click();
  await expect(page.getByText('were given back')).toBeVisible();
  await page.getByRole('button', { name: 'Dispute this payment' }).click();
  await expect(page.getByRole('region', { name: 'What went back' })).toContainText('Open');
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Decide against JARAI' }).click();
  await expect(page.getByRole('region', { name: 'What went back' })).toContainText('Lost');
  await expectNoViolations(page);
  await page.getByRole('region', { name: 'What went back' }).getByRole('link').first().click();
  await expect(page.getByText('Total credited')).toBeVisible();
  await expectNoViolations(page);
});
