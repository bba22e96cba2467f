// How somebody uses a page: with the pointer, or by the keyboard alone. A journey is written once for both.

import { type Locator, type Page, expect } from '@playwright/test';

export abstract class Hand {
  constructor(
    protected readonly page: Page,
    private readonly ready: () => Promise<void>,
  ) {}

  /** Presses a link, a button, or what folds out. */
  abstract press(target: Locator): Promise<void>;

  /** Replaces what a field holds. */
  abstract write(target: Locator, text: string): Promise<void>;

  /** Chooses one of a field's options by its value. */
  abstract choose(target: Locator, value: string): Promise<void>;

  /** Chooses one of a few that stand side by side. */
  abstract pick(target: Locator): Promise<void>;

  /** Ticks a box, or unticks it. */
  abstract tick(target: Locator): Promise<void>;

  /** Presses what leads to a page, and waits until that is ready. */
  async follow(target: Locator): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.press(target);
    await loaded;
    await this.ready();
  }
}

export class Pointer extends Hand {
  press(target: Locator): Promise<void> {
    return target.click();
  }

  write(target: Locator, text: string): Promise<void> {
    return target.fill(text);
  }

  async choose(target: Locator, value: string): Promise<void> {
    await target.selectOption({ value });
  }

  pick(target: Locator): Promise<void> {
    return target.check();
  }

  tick(target: Locator): Promise<void> {
    return target.click();
  }
}

/** More than any page has between two places that somebody goes to. */
const MOST_STOPS = 80;
const MOST_OPTIONS = 40;

/** Nothing has the focus but what Tab has led to, and every stop on the way shows that it has it. */
export class Keyboard extends Hand {
  async press(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('Enter');
  }

  async write(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.press('Delete'); // an empty text types nothing over it
    await this.page.keyboard.type(text);
  }

  async choose(target: Locator, value: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('Home');
    for (let pressed = 0; (await target.inputValue()) !== value; pressed++) {
      expect(pressed, `options passed on the way to ${value}`).toBeLessThan(MOST_OPTIONS);
      await this.page.keyboard.press('ArrowDown');
    }
  }

  async tick(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('Space');
  }

  /** Of a group only the chosen one is a stop; arrows lead to the others. */
  async pick(target: Locator): Promise<void> {
    const group = this.page.getByRole('group').filter({ has: target });
    await this.reach(group.getByRole('radio', { checked: true }));
    for (let pressed = 0; !(await target.isChecked()); pressed++) {
      expect(pressed, 'arrows pressed within the group').toBeLessThan(MOST_OPTIONS);
      await this.page.keyboard.press('ArrowDown');
    }
  }

  /** Goes to what is named by Tab, or by Shift+Tab where it stands before. */
  async reach(target: Locator): Promise<void> {
    const focused = target.and(this.page.locator(':focus'));
    const key = (await target.evaluate(standsBeforeFocus)) ? 'Shift+Tab' : 'Tab';
    for (let stops = 0; (await focused.count()) === 0; stops++) {
      expect(stops, `stops on the way to ${target}`).toBeLessThan(MOST_STOPS);
      await this.page.keyboard.press(key);
      expect(await this.page.evaluate(unseenFocus), `focus on the way to ${target}`).toBeNull();
    }
  }
}

function standsBeforeFocus(target: Element): boolean {
  const focused = document.activeElement;
  return focused !== null && (focused.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
}

/** What has the focus and does not show it: no ring is drawn around it, or it is not on the screen. */
function unseenFocus(): string | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const { boxShadow, outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  const transparent = /^(transparent|rgba\(.*, 0\))$/.test(outlineColor);
  const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && !transparent;
  const { left, top, right, bottom } = focused.getBoundingClientRect();
  const drawn = right > left && bottom > top;
  const onScreen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  return (boxShadow !== 'none' || outlined) && drawn && onScreen ? null : focused.outerHTML.slice(0, 200);
}
