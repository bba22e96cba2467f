import { defineConfig } from '@playwright/test';

// Every journey is made twice, with and without JavaScript: pages work before their islands wake.
// A journey that needs an island is called `*.hydrated.spec.ts` and is made once.
export default defineConfig({
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
      ],
    },
  },
  projects: [
    { name: 'script', use: { javaScriptEnabled: true } },
    { name: 'plain', use: { javaScriptEnabled: false }, testIgnore: '**/*.hydrated.spec.ts' },
  ],
});
