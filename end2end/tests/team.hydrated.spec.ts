// The pages of a letter and of the second factor break no rule that axe knows. axe is a script itself.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../support/console';
import { enterPassword, fresh, leave, register, PASSWORD } from '../support/entry';
import { Secret, TOTP } from 'otpauth';

test('pages on the way in', async ({ page, visit, hand }, testInfo) => {
  const sound = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const broken = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
      expect(broken, `${page.url()} ${colorScheme}`).toEqual([]);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `pixels to scroll sideways on ${page.url()}`).toBeLessThanOrEqual(0);
  };
  const email = fresh('axe', testInfo.project.name, testInfo.retry);
  await page.setViewportSize({ width: 320, height: 800 });
  await register(page, visit, hand, email, sound);
  await visit('/confirm?next=/you');
  await sound();
  await visit('/you');
  await hand.follow(page.getByRole('button', { name: 'Turn on the second factor' }));
  await sound();
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '');
  await hand.write(page.getByLabel('Code', { exact: true }), new TOTP({ secret: Secret.fromBase32(secret) }).generate());
  await hand.follow(page.getByRole('button', { name: 'Turn on the second factor' }));
  await sound();
  await visit('/you');
  await sound();
  await page.setViewportSize({ width: 1280, height: 800 });
  await leave(page, hand);
  await enterPassword(page, visit, hand, email, PASSWORD);
  await sound();
});
