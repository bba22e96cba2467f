// The crosshair over the chart: an island, moved by the keyboard.

import { expect, test } from '../support/console';

test('arrow keys read the chart point by point', async ({ page, enter, visit }) => {
  await enter('mara@northlight.example');
  await visit('/pnl?range=30');
  const thumb = page.getByRole('slider', { name: 'Read the chart point by point' });
  const reading = page.locator('.crosshair-reading');
  const name = reading.locator('strong');
  const last = await name.innerText();
  await thumb.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(name).not.toHaveText(last);
  await expect(reading).toContainText(/revenue .+; AI cost, customer-facing .+; margin /);
  await page.keyboard.press('ArrowRight');
  await expect(name).toHaveText(last);
  const place = await page.locator('.crosshair rect').first().getAttribute('x');
  await page.keyboard.press('Home');
  await expect(page.locator('.crosshair rect').first()).not.toHaveAttribute('x', place!);
  await expect(thumb).toHaveAttribute('aria-valuetext', await name.innerText());
});
