// Without a mouse, in the colours that somebody's system forces, and on paper.

import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import { BANNERS, FULL, LINE, STAFF } from '../support/pages';

test('the first stop of a page leads past its navigation', async ({ page, enter, visit }) => {
  await enter(BANNERS.prompt);
  for (const path of ['/', '/usage']) {
    await visit(path);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('main').locator(':focus')).toHaveCount(1);
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByRole('main').locator(':focus')).toHaveCount(0);
  }
});

test('on a narrow screen the menu opens and closes by the keyboard', async ({ page, enter, visit }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await enter(BANNERS.prompt);
  await visit('/');
  const menu = page.getByRole('navigation', { name: 'Console' });
  await expect(menu).toBeHidden();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Menu' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(menu.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(page.getByRole('button', { name: 'Menu' })).toBeFocused();
});

test.describe('in forced colours', () => {
  test.use({ contextOptions: { forcedColors: 'active' } });

  test('the parts of a tape, badges, bars and the place in the navigation are told apart', async ({ page, enter, visit }) => {
    await enter(BANNERS.prompt);
    await visit('/');
    expect(await page.evaluate(() => matchMedia('(forced-colors: active)').matches)).toBe(true);
    const tape = page.getByRole('region', { name: 'Tokens left this cycle' }).getByRole('img', { name: 'Tokens' });
    const painted = (fill: string) =>
      tape.locator(`[data-fill="${fill}"]`).evaluate((part) => {
        const { fill, stroke } = getComputedStyle(part);
        return `${fill} ${stroke}`;
      });
    const parts = await Promise.all(['spent', 'held', 'left'].map(painted));
    expect(new Set(parts).size, parts.join(' | ')).toBe(parts.length);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    for (const line of ['.tape-notch', '.tape-head']) {
      const drawn = await tape.locator(line).evaluate((part) => {
        const { fill, stroke } = getComputedStyle(part);
        return part.tagName === 'line' ? stroke : fill;
      });
      expect(drawn, line).not.toBe(ground);
    }
    const bordered = (element: Element) => {
      const { borderTopStyle, outlineStyle } = getComputedStyle(element);
      return borderTopStyle !== 'none' || outlineStyle !== 'none';
    };
    expect(await page.locator('.badge').first().evaluate(bordered)).toBe(true);
    expect(await page.locator('.side a[aria-current]').evaluate(bordered)).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').evaluate((focused) => getComputedStyle(focused).outlineColor)).not.toBe(ground);
  });
});

/** What is only ever pressed. */
const PRESSED = '.button, .side, .skip, .filters, .tabs, .segments, .menu-button';

test('paper has the page and nothing to press', async ({ page, enter, visit }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  // As wide as A4 between its margins.
  await page.setViewportSize({ width: 672, height: 950 });
  for (const [who, paths] of [[BANNERS.prompt, [...FULL, ...LINE]], [STAFF.email, STAFF.paths]] as const) {
    await enter(who);
    for (const path of paths) {
      await visit(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator(PRESSED).filter({ visible: true }), path).toHaveCount(0);
      expect(await beyondPaper(page), path).toEqual([]);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), path).toBe('light');
    }
  }
});

/** The words of tables and figures that would be cut off at the edge of the paper. */
function beyondPaper(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main :is(th, td, dd, p)')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.innerText),
  );
}
