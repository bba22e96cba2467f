// How the console is put up for a worker's tests: by itself on a SQLite file, or as server/deploy has it, two processes on one
// PostgreSQL behind nginx, by the very files that the runbook gives.

import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NGINX_CONF = fileURLToPath(new URL('../../server/deploy/nginx.conf', import.meta.url));

/** `proxied` sends whoever asks to the same process again; with `turns` every request goes to the next one. */
export type Deployment = 'single' | 'proxied' | 'turns';

export function deployment(): Deployment {
  const asked = process.env.JARAI_DEPLOYMENT ?? 'single';
  if (asked === 'single' || asked === 'proxied' || asked === 'turns') return asked;
  throw new Error(`JARAI_DEPLOYMENT is ${asked}: expected single, proxied or turns`);
}

/** Lets Chromium take nginx's certificate, which nobody has signed, for a good one: it keeps no file from a server with a bad one. */
export function trustedCertificate(): string[] {
  if (deployment() === 'single') return [];
  const { publicKey } = new X509Certificate(readFileSync(join(required('JARAI_TLS'), 'console.crt')));
  const key = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
  return [`--ignore-certificate-errors-spki-list=${key}`];
}

/** A new database of the cluster that `cargo xtask test browser --deployment …` has started: its address, and its end. */
export async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const [folder, bin] = [required('JARAI_POSTGRES'), required('PG_BIN')];
  const name = `console_${process.pid}`;
  const where = ['-U', 'postgres', '-h', folder];
  await run(join(bin, 'createdb'), [...where, name]);
  return {
    url: `postgres://postgres@localhost/${name}?host=${folder}`,
    drop: async () => void (await run(join(bin, 'dropdb'), [...where, '--force', name])),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by cargo xtask test browser --deployment proxied`);
  return value;
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const bound = listener.address();
      listener.close(() => (bound && typeof bound === 'object' ? resolve(bound.port) : reject(new Error('no port'))));
    });
  });
}

/** Writes what nginx is started with into a folder, and gives the options. */
export async function proxyOptions(folder: string, port: number, processes: string[], how: Deployment): Promise<string[]> {
  await chmod(folder, 0o755); // its workers are another user's
  await writeFile(join(folder, 'console.conf'), await configuration(required('JARAI_TLS'), port, processes, how));
  await writeFile(join(folder, 'nginx.conf'), around(folder));
  return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
}

/** The file of server/deploy; nothing but its addresses and paths is another. */
async function configuration(tls: string, port: number, processes: string[], how: Deployment): Promise<string> {
  const [first = '', second = ''] = processes;
  const changes: [string, string][] = [
    ['server first:3000;', `server ${first};`],
    ['server second:3000;', `server ${second};`],
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['/etc/nginx/tls/console.crt', `${tls}/console.crt`],
    ['/etc/nginx/tls/console.key', `${tls}/console.key`],
  ];
  if (how === 'turns') changes.push(['hash $whose consistent;', '']);
  let text = await readFile(NGINX_CONF, 'utf8');
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${NGINX_CONF} does not have just one "${from}"`);
    text = text.replace(from, to);
  }
  return text;
}

/** What Debian's own nginx.conf does around the files of conf.d, in a folder of ours. */
function around(folder: string): string {
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `  ${of}_temp_path ${folder}/${of};`);
  return [
    'daemon off;',
    `pid ${folder}/nginx.pid;`,
    'worker_processes 1;',
    'events { worker_connections 1024; }',
    'http {',
    '  access_log off;',
    ...kept,
    `  include ${folder}/console.conf;`,
    '}',
    '',
  ].join('\n');
}
