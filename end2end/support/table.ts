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

/** A column as a program is given it: figures alone, nothing where nothing is known. */
export async function figures(table: Locator, label: string): Promise<string[]> {
  const cells = await table.locator(`tbody td[data-label="${label}"]`).allInnerTexts();
  return cells.map((cell) => plain(cell.trim().split(/\s+/)[0]!).replace('–', ''));
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
