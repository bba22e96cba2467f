import { defineConfig } from '@playwright/test';
import { type Options } from './support/console';
import { trustedCertificate } from './support/deployment';

/** What needs an island, or chooses itself what the browser may run, is made once. */
const ONCE = ['**/*.hydrated.spec.ts', '**/bytes.spec.ts'];
/** What somebody comes to the console for. */
const JOURNEYS = /@journey/;

// Everything is tried twice, with and without JavaScript: pages work before their islands wake. The journeys are made three
// times more: where the islands' code never arrives, and by the keyboard alone, with and without JavaScript.
export default defineConfig<Options>({
  testDir: 'tests',
  // One: the machine of continuous integration has two cores, and the banner's two seconds are counted.
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...trustedCertificate(),
      ],
    },
  },
  projects: [
    { name: 'script' },
    { name: 'plain', use: { javaScriptEnabled: false }, testIgnore: ONCE },
    { name: 'no-wasm', use: { wasm: false }, grep: JOURNEYS },
    { name: 'keyboard', use: { by: 'keyboard' }, grep: JOURNEYS },
    { name: 'plain-keyboard', use: { by: 'keyboard', javaScriptEnabled: false }, grep: JOURNEYS },
  ],
});
