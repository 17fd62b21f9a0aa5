/** The page's token: comes in the address after `#`, which browsers send to nobody, and is kept for as long as the tab. */

const KEY = 'tickcast.token';
/** The only ones that a header can carry. */
const FORM = /^[\x21-\x7e]+$/;

let inMemory: string | undefined;

/** Takes the token out of the address, so that it is in no link that is shared and in no screenshot. */
export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  keepToken(given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Puts one into the address, for the page that is loaded next: that works where nothing may be stored too. */
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
    // Storage may be forbidden: then it is there until the page is left.
  }
}

export function keptToken(): string | undefined {
  try {
    return inMemory ?? sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return inMemory;
  }
}

/** What a request over HTTP says of it. */
export function authorization(): Record<string, string> {
  const token = keptToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
