// A console of one's own: a fresh database, the sample data, a free port.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { deployment, freePort, freshDatabase, proxyOptions } from './deployment';

const SERVER = process.env.JARAI_SERVER ?? fileURLToPath(new URL('../../target/debug/server', import.meta.url));
const SITE_ROOT = process.env.JARAI_SITE_ROOT ?? fileURLToPath(new URL('../../target/site', import.meta.url));
const STARTS_WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 15_000;
/** A server that says nothing for this long has said all. */
const SILENCE_MS = 300;

export type SignIn = { email: string; password: string; sees: string };
export type Account = { id: string; name: string };

/** What the server says when it is ready. */
export type Greeting = { address: string; signIns: SignIn[]; key: string; accounts: Account[] };

export type Server = Greeting & {
  /** What it wrote to its log so far. */
  log(): string;
  stop(): Promise<void>;
};

/** Reads the lines that follow `Console ready at …`, in any order. */
export function readGreeting(lines: string[]): Greeting {
  const greeting: Greeting = { address: '', signIns: [], key: '', accounts: [] };
  for (const line of lines) {
    const [first = '', second = '', ...rest] = line.trim().split(/ {2,}/);
    const third = rest.join('  ');
    if (first.startsWith('Console ready at ')) greeting.address = first.slice('Console ready at '.length);
    else if (first === 'key') greeting.key = second;
    else if (first === 'account') greeting.accounts.push({ id: second, name: third });
    else if (first.includes('@')) greeting.signIns.push({ email: first, password: second, sees: third });
  }
  return greeting;
}

export function startServer(): Promise<Server> {
  return deployment() === 'single' ? single() : proxied();
}

/** One process on a file. */
async function single(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'console-'));
  const started: Started = [async () => rm(folder, { recursive: true, force: true })];
  return orStop(started, async (log) => {
    const greeting = await serve(`sqlite://${folder}/console.db?mode=rwc`, {}, started, log);
    return { ...greeting, log: () => log.join(''), stop: () => stopAll(started) };
  });
}

/** Two processes on one PostgreSQL behind nginx, which speaks TLS. */
async function proxied(): Promise<Server> {
  const [database, port] = [await freshDatabase(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'console-'));
  const started: Started = [database.drop, async () => rm(folder, { recursive: true, force: true })];
  return orStop(started, async (log) => {
    const address = `https://127.0.0.1:${port}`;
    const settings = { JARAI_PUBLIC_ORIGIN: address, JARAI_TRUSTED_PROXIES: '127.0.0.1' };
    const first = await serve(database.url, settings, started, log);
    const second = await serve(database.url, settings, started, log);
    const processes = [first, second].map((one) => new URL(one.address).host);
    const nginx = spawn(process.env.NGINX ?? 'nginx', await proxyOptions(folder, port, processes, deployment()), {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.push(() => stopChild(nginx));
    nginx.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
    await answers(`${address}/readyz`, log);
    return { ...first, address, log: () => log.join(''), stop: () => stopAll(started) };
  });
}

/** What has to be ended, the last first. */
type Started = (() => Promise<void>)[];

async function stopAll(started: Started): Promise<void> {
  for (const end of started.splice(0).reverse()) await end();
}

async function orStop<T>(started: Started, work: (log: string[]) => Promise<T>): Promise<T> {
  try {
    return await work([]);
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function serve(databaseUrl: string, settings: NodeJS.ProcessEnv, started: Started, log: string[]): Promise<Greeting> {
  const child = spawn(
    SERVER,
    [
      'serve',
      '--sandbox',
      ...['--listen', '127.0.0.1:0'],
      ...['--database-url', databaseUrl],
      ...['--site-root', SITE_ROOT],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings } },
  );
  started.push(() => stopChild(child));
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  return greetingOf(child, log);
}

async function answers(url: string, log: string[]): Promise<void> {
  const until = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > until) throw new Error(`${url} was not answered: ${answer?.status ?? 'nobody is there'}\n${log.join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits for the greeting, whose last line is only known by the silence after it. */
function greetingOf(child: ChildProcess, log: string[]): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (why: string) => reject(new Error(`${SERVER} ${why}\n${said.join('\n')}\n${log.join('')}`));
    const late = setTimeout(() => fail(`was not ready within ${STARTS_WITHIN_MS} ms`), STARTS_WITHIN_MS);
    let silence: NodeJS.Timeout | undefined;
    const settle = () => {
      const greeting = readGreeting(said);
      if (!greeting.address) return;
      clearTimeout(late);
      resolve(greeting);
    };
    child.once('error', (error) => fail(`cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(line);
      clearTimeout(silence);
      silence = setTimeout(settle, SILENCE_MS);
    });
  });
}

/** Ends exactly the process that was started here. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await ended;
  clearTimeout(impatience);
}
