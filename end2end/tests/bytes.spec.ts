// What a visit takes: bytes on the wire, requests, and how much a page moves while it loads. Counts, never times.

import { type Page } from '@playwright/test';
import { expect, test } from '../support/console';
import { BANNERS, FULL, LINE, PUBLIC } from '../support/pages';

const KILOBYTE = 1_000;
const FIRST_VISIT = 230 * KILOBYTE;
const FIRST_VISIT_WASM = 160 * KILOBYTE;
const NEXT_PAGE = 25 * KILOBYTE;
const LAYOUT_SHIFT = 0.005;

/** What came over the wire since it was last asked, by address; what the browser had kept is not among it. */
async function wire(page: Page): Promise<() => Map<string, number>> {
  const session = await page.context().newCDPSession(page);
  const addresses = new Map<string, string>();
  let received = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response }) => addresses.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const path = new URL(addresses.get(requestId) ?? 'unknown:').pathname;
    if (encodedDataLength > 0) received.set(path, (received.get(path) ?? 0) + encodedDataLength);
  });
  await session.send('Network.enable');
  return () => {
    const all = received;
    received = new Map();
    return all;
  };
}

function sum(received: Map<string, number>, ending = ''): number {
  return [...received].reduce((sum, [path, bytes]) => sum + (path.endsWith(ending) ? bytes : 0), 0);
}

test('the first visit and every page after it are small', async ({ page, enter, visit }) => {
  await enter(BANNERS.prompt);
  const taken = await wire(page);
  await visit('/');
  await page.evaluate(() => document.fonts.ready);
  const first = taken();
  const told = JSON.stringify([...first]);
  expect(sum(first, '.wasm'), told).toBeGreaterThan(0);
  expect(sum(first, '.wasm'), told).toBeLessThanOrEqual(FIRST_VISIT_WASM);
  expect(sum(first), told).toBeLessThanOrEqual(FIRST_VISIT);

  for (const path of [...FULL, ...LINE]) {
    await visit(path);
    const next = taken();
    expect(sum(next), JSON.stringify([...next])).toBeGreaterThan(0);
    expect(sum(next), JSON.stringify([...next])).toBeLessThanOrEqual(NEXT_PAGE);
  }
});

for (const wasm of [true, false]) {
  test.describe(wasm ? 'with islands' : 'without islands', () => {
    test.use({ wasm });

    test('nothing moves while a page loads', async ({ page, enter, visit, complaints }) => {
      complaints.expect(/Failed to load resource.*404/);
      const expectStill = async (path: string) => {
        await visit(path);
        expect(await page.evaluate(layoutShift), path).toBeLessThanOrEqual(LAYOUT_SHIFT);
      };
      for (const path of PUBLIC) await expectStill(path);
      await enter(BANNERS.prompt);
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of [...FULL, ...LINE]) await expectStill(path);
      }
    });
  });
}

/** How much has moved since the page began, once its font is there and two frames are drawn. */
async function layoutShift(): Promise<number> {
  await document.fonts.ready;
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  await frame();
  await frame();
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: 'layout-shift', buffered: true });
  await frame();
  return observer.takeRecords().reduce((sum, shift) => sum + (shift as unknown as { value: number }).value, 0);
}
