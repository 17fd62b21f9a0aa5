/** The hub behind the stream: its load, and where the time of a request goes. */

import type { HubStatus, ReceiptParts } from '@tickcast/client';
import { byId, setHidden, setStyle, setText } from '../ui/dom.js';
import { DASH, microsText, rate, span, whole } from '../ui/format.js';

const PARTS = ['queue', 'batch', 'infer', 'network'] as const;
type Part = (typeof PARTS)[number];

export class HubPanel {
  readonly #about = byId('hub-about', HTMLElement);
  readonly #predictions = byId('hub-predictions', HTMLElement);
  readonly #unit = byId('hub-predictions-unit', HTMLElement);
  readonly #batch = byId('hub-batch', HTMLElement);
  readonly #queue = byId('hub-queue', HTMLElement);
  readonly #viewers = byId('hub-viewers', HTMLElement);
  readonly #bars = { p50: new ReceiptBar('p50'), p99: new ReceiptBar('p99') };
  readonly #legend = PARTS.map((part) => ({ part, node: byId(`legend-${part}`, HTMLElement) }));

  /** `staleMs`: age of the status, when no newer one is coming. */
  render(status: HubStatus | undefined, networkUs: number | undefined, staleMs: number | undefined): void {
    const isLive = status !== undefined && staleMs === undefined;
    setText(this.#about, aboutText(status, staleMs));
    setText(this.#predictions, isLive ? rate(status.predictionsPerSecond) : DASH);
    setText(this.#unit, isLive ? '/s' : '');
    setText(this.#batch, isLive && status.meanBatchRows !== undefined ? status.meanBatchRows.toFixed(1) : DASH);
    setText(this.#queue, isLive ? whole(status.queuedRows) : DASH);
    setText(this.#viewers, isLive ? whole(status.viewers) : DASH);
    const p50 = partsOf(status?.p50, networkUs);
    const p99 = partsOf(status?.p99, networkUs);
    const scale = Math.max(sum(p50), sum(p99), 1);
    this.#bars.p50.render(p50, scale);
    this.#bars.p99.render(p99, scale);
    for (const { part, node } of this.#legend) setText(node, microsText(p99?.[part]));
  }
}

class ReceiptBar {
  readonly #bar: HTMLElement;
  readonly #total: HTMLElement;
  readonly #parts: readonly { readonly part: Part; readonly node: HTMLElement }[];

  constructor(name: string) {
    this.#bar = byId(`${name}-bar`, HTMLElement);
    this.#total = byId(`${name}-total`, HTMLElement);
    this.#parts = PARTS.map((part) => ({ part, node: byId(`${name}-${part}`, HTMLElement) }));
  }

  render(parts: Record<Part, number> | undefined, scale: number): void {
    setHidden(this.#bar, parts === undefined);
    setText(this.#total, parts === undefined ? DASH : microsText(sum(parts)));
    if (parts === undefined) return;
    for (const { part, node } of this.#parts) setStyle(node, '--share', `${((100 * parts[part]) / scale).toFixed(2)}%`);
  }
}

function partsOf(parts: ReceiptParts | undefined, networkUs: number | undefined): Record<Part, number> | undefined {
  if (parts === undefined) return undefined;
  return { queue: parts.queueUs, batch: parts.batchUs, infer: parts.inferUs, network: networkUs ?? 0 };
}

function sum(parts: Record<Part, number> | undefined): number {
  return parts === undefined ? 0 : PARTS.reduce((all, part) => all + parts[part], 0);
}

function aboutText(status: HubStatus | undefined, staleMs: number | undefined): string {
  if (status === undefined) return '';
  if (staleMs !== undefined) return `last known, ${span(staleMs)} ago`;
  const [first, ...others] = status.models;
  if (first === undefined) return 'no model';
  return `${first.model} on ${first.engine}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}
