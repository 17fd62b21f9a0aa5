/**
 * The page's entry point: connects to the hub that served it, once the fonts are loaded and can be measured.
 *
 * What tests may rely on:
 * - `html[data-state]`: connecting, empty, live, paused, zoomed, reconnecting, slow (cut as too slow), slowed, ended,
 *   draining, failed; `html[data-theme]`: dark or light when the reader chose; `html[data-tab]`: live, try or hub (on
 *   a phone).
 * - `[data-mood]` the number; `[data-rate]` messages per second; `[data-share="positive"]` integer per cents;
 *   `[data-link]` the connection in a word and `[data-behind]` its detail; `#link-action` Retry now or Resume;
 *   `#pause`; `#back-to-live`.
 * - `#newest [data-row]` with `data-tone`, `#newest[data-held]`; `#try-text`, `[data-score="positive"]`,
 *   `[data-receipt]`, `#try-problem`.
 * - `#gaps [data-gap]`: the gaps in words, with the reason as value; `[data-offset]`, `[data-skipped]`,
 *   `[data-failed]`, `[data-gaps]`, `[data-reconnects]`.
 * - `#stream`, `[data-range]`, `#theme`, `#help-open`, `#help`, `#table-toggle`, `#share-table`, `#empty`, `#token`,
 *   `.tabs [data-tab]`.
 */

import { connect } from '@tickcast/client';
import { HUB_ADDRESS } from './hub-address.js';
import { keptToken, putToken, takeToken } from './hub-token.js';
import { Page } from './page.js';

function open(): void {
  takeToken();
  // Another token means another client: the page starts afresh with it.
  const reconnect = (token: string): void => {
    putToken(token);
    location.reload();
  };
  const page = new Page(connect(HUB_ADDRESS, { token: keptToken() }), reconnect);
  page.open();
  addEventListener('pagehide', (event) => {
    if (!event.persisted) page.close();
  });
}

void document.fonts.ready.then(open);
