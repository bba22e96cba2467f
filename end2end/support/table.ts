// A table as a page shows it, and as programs are given it.

import { type Locator } from '@playwright/test';

/** The number that is written: `−1,234` and `58.0%` alike. */
export function number(text: string): number {
  return Number(plain(text));
}

/** The numbers of a column by its name. */
export async function column(table: Locator, label: string): Promise<number[]> {
  return (await table.locator(`tbody td[data-label="${label}"]`).allInnerTexts()).map(number);
}

/** The sum that stands below a column. */
export async function total(table: Locator, label: string): Promise<number> {
  return number(await table.locator(`tfoot td[data-label="${label}"]`).innerText());
}

/** Row by row what a table says; of numbers no more than their figures. */
export async function cells(table: Locator): Promise<string[][]> {
  const rows = await table.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) =>
      [...row.querySelectorAll<HTMLElement>('th, td:not(.bars)')].map((cell) => ({
        text: cell.innerText,
        isNumber: cell.classList.contains('number'),
      })),
    ),
  );
  return rows.map((row) => row.map(({ text, isNumber }) => (isNumber ? plain(text) : text)));
}

/** The cells of every line of a sheet; commas within quotes are part of a cell. */
export function lines(sheet: string): string[][] {
  const cell = /(?:"([^"]*)"|([^,]*)),/g;
  const split = (line: string) => [...`${line},`.matchAll(cell)].map((match) => match[1] ?? match[2] ?? '');
  return sheet.trim().split(/\r?\n/).map(split);
}

/** Without what makes a number easier to read. */
function plain(text: string): string {
  return text.replace(/[,%£€$¥\s]/g, '').replace('−', '-');
}
