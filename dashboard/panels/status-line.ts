/** The last line of the page: what was left out, what was lost, and which hub this is. */

import type { Feed } from '../feed.js';
import { byId, setHidden, setText } from '../ui/dom.js';
import { DASH, span, whole } from '../ui/format.js';

export class StatusLine {
  readonly #lost = byId('status-lost', HTMLElement);
  readonly #offset = byId('status-offset', HTMLElement);
  readonly #skipped = byId('status-skipped', HTMLElement);
  readonly #failed = byId('status-failed', HTMLElement);
  readonly #gaps = byId('status-gaps', HTMLElement);
  readonly #reconnects = byId('status-reconnects', HTMLElement);
  readonly #hub = byId('status-hub', HTMLElement);

  render(feed: Feed, gaps: number, lostMs: number | undefined): void {
    setHidden(this.#lost, lostMs === undefined);
    if (lostMs !== undefined) setText(this.#lost, `Connection lost ${span(lostMs)} ago`);
    setText(this.#offset, feed.offset === undefined ? DASH : whole(feed.offset));
    setText(this.#skipped, `${whole(feed.skippedWindows)}${feed.skippedWindows === 1 ? ' window' : ' windows'}`);
    setHidden(this.#failed, feed.failed === 0);
    setText(this.#failed, `${whole(feed.failed)} without an answer`);
    setText(this.#gaps, whole(gaps));
    setText(this.#reconnects, whole(feed.reconnects));
    const { status } = feed;
    const up = status === undefined ? '' : `hub ${status.version}, up ${span(status.uptimeSeconds * 1000)}`;
    setText(this.#hub, lostMs === undefined || status === undefined ? up : `hub ${status.version}`);
  }
}
