/** Sets up access from the options: by token file, open, or by a token created for this run. */

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { openAccess } from '../access/open-access.js';
import type { Config } from '../config/config.js';
import { type Access, SCOPES } from '../contracts/access.js';
import type { Logger } from '../observe/log/logger.js';
import { systemClock } from './system-clock.js';

export interface AccessControl {
  readonly access: Access;
  /** True when no token is required. */
  readonly isOpen: boolean;
  /**
   * True when no token is required and only this machine reaches the hub: then only the browser keeps foreign pages
   * out.
   */
  readonly isOpenLoopback: boolean;
  /** A token created for this run, shown only to whoever starts the hub. */
  readonly runToken: string | undefined;
  /** Starts watching the token file. */
  begin(): void;
  close(): void;
}

export type AccessStart =
  | { readonly ok: true; readonly control: AccessControl }
  | { readonly ok: false; readonly problem: string };

/** @param server the program's server that the hub is mounted on, if any; it then determines who reaches the hub. */
export async function startAccess(config: Config, log: Logger, server?: Server): Promise<AccessStart> {
  const { tokenFile, open, adminHost, adminPort } = config;
  const host = server === undefined ? config.host : addressOf(server);
  if (tokenFile !== '') return startTokenFile(tokenFile, log);
  if (open) log.warn({ host }, 'open: everybody who reaches this hub may use it');
  const isLocal = isLoopback(host) && (adminPort === 0 || isLoopback(adminHost));
  if (open || isLocal)
    return {
      ok: true,
      control: {
        access: openAccess,
        isOpen: true,
        isOpenLoopback: isLocal,
        runToken: undefined,
        begin() {},
        close() {},
      },
    };
  const runToken = randomBytes(24).toString('base64url');
  const keys = [{ name: 'run', token: runToken, scopes: SCOPES, quota: undefined }];
  const { TokenAccess } = await import('../access/token-access.js');
  const access = new TokenAccess({ keys, jwt: undefined }, systemClock, Date.now);
  return {
    ok: true,
    control: { access, isOpen: false, isOpenLoopback: false, runToken, begin() {}, close: () => access.close() },
  };
}

async function startTokenFile(path: string, log: Logger): Promise<AccessStart> {
  // Not before they are needed: the libraries behind tokens are a tenth of a start's processor time.
  const { readTokenFile, TokenWatch } = await import('../access/token-watch.js');
  const { TokenAccess } = await import('../access/token-access.js');
  const read = await readTokenFile(path);
  if (!read.ok) return { ok: false, problem: `--token-file: ${read.problem}` };
  const access = new TokenAccess(read.file, systemClock, Date.now);
  const watch = new TokenWatch({
    path,
    mark: read.mark,
    clock: systemClock,
    changed: (file) => {
      access.replace(file);
      log.info({ keys: file.keys.map(({ name }) => name), jwt: file.jwt !== undefined }, 'token file read again');
    },
    refused: (problem) => log.error({ problem }, 'the token file is refused; the tokens from before stay'),
  });
  const close = (): void => {
    watch.close();
    access.close();
  };
  return {
    ok: true,
    control: { access, isOpen: false, isOpenLoopback: false, runToken: undefined, begin: () => watch.begin(), close },
  };
}

/** A server that does not listen yet has no known address. */
function addressOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.address : '';
}

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Shown to whoever starts a hub with its own token: the page's address, ready to open. */
export function invitation(url: string, token: string): string {
  const page = new URL(url);
  if (page.hostname === '0.0.0.0' || page.hostname === '[::]') page.hostname = 'localhost';
  return [
    '',
    '  No --token-file: this run has a token of its own. The page, with it:',
    '',
    `      ${page.origin}/#token=${token}`,
    '',
    '  From elsewhere put the name of this machine in. --open lets everybody in.',
    '',
    '',
  ].join('\n');
}
