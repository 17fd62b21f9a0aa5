/** A web site of a real nginx, from the locations that a test gives it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/harness/free-port.js';
import { until } from './until.js';

const PROGRAM = process.env.NGINX ?? '/usr/sbin/nginx';

export interface NginxSite {
  readonly url: string;
  close(): Promise<void>;
}

/** @param locations what stands in its `server`. */
export async function startNginxSite(locations: string): Promise<NginxSite> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-site-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const conf = `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    events { worker_connections 512; }
    http {
      access_log off;
      ${temporary.join('\n')}
      map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
      server {
        listen 127.0.0.1:${port};
        location = /nginx-is-up { return 200 up; }
        ${locations}
      }
    }`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, conf);
  const child = spawn(PROGRAM, ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  await until('nginx listens', async () => {
    if (child.exitCode !== null) throw new Error(`nginx: ${await readFile(join(folder, 'error.log'), 'utf8')}`);
    return (await fetch(`${url}/nginx-is-up`).catch(() => undefined))?.status === 200;
  });
  return { url, close };
}
