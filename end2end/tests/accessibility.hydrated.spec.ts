// No page breaks a rule that axe knows, in either colour scheme and on the narrowest screen. axe is a script itself.

import AxeBuilder from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'narrow', colorScheme: 'light', width: 320 },
] as const;

const PAGES = [
  '/',
  '/productions',
  '/productions/sample-1',
  '/productions/sample-33?detail=steps',
  '/usage',
  '/usage?by=refused',
  '/estimate',
  '/accounts',
  '/help',
  '/sandbox',
];

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.target.join(' ')}`));
}

for (const look of LOOKS) {
  test.describe(look.name, () => {
    test.use({ colorScheme: look.colorScheme, viewport: { width: look.width, height: 800 } });

    test('sign-in', async ({ page, visit }) => {
      await visit('/sign-in');
      expect(await violations(page)).toEqual([]);
    });

    test('every page', async ({ page, signIn, visit, server }) => {
      await signIn(page);
      for (const path of [...PAGES, `/accounts?edit=${server.accounts[0]!.id}`]) {
        await visit(path);
        expect(await violations(page), path).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, `pixels to scroll sideways on ${path}`).toBeLessThanOrEqual(0);
      }
    });
  });
}
