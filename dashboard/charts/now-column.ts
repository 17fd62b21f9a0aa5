/** The column at the right edge of the chart: the current shares with their names, in place of a legend. */

import type { Mood } from '../data/mood.js';
import { TONES } from '../data/sentiment.js';
import { placeLabels } from '../label-places.js';
import { byId, setStyle, setText } from '../ui/dom.js';
import { DASH } from '../ui/format.js';

export class NowColumn {
  readonly #host = byId('now', HTMLElement);
  readonly #parts = TONES.map((tone) => ({
    tone,
    bar: byId(`now-bar-${tone}`, HTMLElement),
    label: byId(`now-${tone}`, HTMLElement),
    share: byId(`now-share-${tone}`, HTMLElement),
  }));

  /** `height`: of the adjacent plot, in CSS pixels. */
  render(mood: Mood | undefined, height: number): void {
    setStyle(this.#host, '--plot', `${height}px`);
    const labelHeight = Math.max(...this.#parts.map(({ label }) => label.offsetHeight));
    let before = 0;
    const centres: number[] = [];
    for (const { tone } of this.#parts) {
      const share = mood?.[tone] ?? 100 / 3;
      centres.push(((before + share / 2) / 100) * height);
      before += share;
    }
    const tops = placeLabels(centres, labelHeight, height);
    for (const [index, { tone, bar, label, share }] of this.#parts.entries()) {
      setStyle(bar, 'flex-grow', String(mood?.[tone] ?? 0));
      setStyle(label, 'transform', `translateY(${(tops[index] ?? 0).toFixed(1)}px)`);
      setText(share, mood === undefined ? DASH : `${mood[tone]}%`);
    }
  }
}
