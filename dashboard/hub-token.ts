/** The page's token: passed in the address after `#`, which browsers send to nobody, and kept as long as the tab. */

import { HUB_ADDRESS } from './hub-address.js';

/** Hubs under other paths of the same host share the storage, and must not get it. */
const KEY = `tickcast.token ${HUB_ADDRESS.pathname}`;
/** Characters that an HTTP header can carry. */
const FORM = /^[\x21-\x7e]+$/;

let inMemory: string | undefined;

/** Removes the token from the address, so that it appears in no shared link and no screenshot. */
export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  keepToken(given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Puts a token into the address for the next page load, which works even without storage. */
export function putToken(token: string): void {
  history.replaceState(null, '', `${location.pathname}${location.search}#${new URLSearchParams({ token })}`);
}

function keepToken(token: string): void {
  const text = token.trim();
  inMemory = FORM.test(text) ? text : undefined;
  try {
    if (inMemory === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, inMemory);
  } catch {
    // Storage may be forbidden: then the token lasts until the page is left.
  }
}

export function keptToken(): string | undefined {
  try {
    return inMemory ?? sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return inMemory;
  }
}

/** The headers that carry it over HTTP. */
export function authorization(): Record<string, string> {
  const token = keptToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
