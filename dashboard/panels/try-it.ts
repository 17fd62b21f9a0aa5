/** The box whose text is scored while it is typed. The newest text wins; the answer to an earlier one is dropped. */

import type { ClientPrediction, ModelDescription, WordWeight } from '@tickcast/client';
import { MAX_EXPLAINED_TOKENS } from '../../shared/limits.js';
import { scoresByTone, TONES } from '../data/sentiment.js';
import type { HubClient } from '../hub-client.js';
import { byId, setHidden, setStyle, setText } from '../ui/dom.js';
import { microsText, whole } from '../ui/format.js';
import { markedText, spokenWords } from './marked-text.js';
import { WordTip } from './word-tip.js';

const EXAMPLE = 'The keynote dragged, but the new editor is an absolute joy';
const WAITING_AFTER_MS = 300;
/** Words below this weight stay unmarked: they would be most of the text. */
const TELLING_WEIGHT = 0.04;

export class TryIt {
  readonly #client: HubClient;
  readonly #text = byId('try-text', HTMLTextAreaElement);
  readonly #receipt = byId('try-receipt', HTMLElement);
  readonly #problem = byId('try-problem', HTMLElement);
  readonly #words = byId('try-words', HTMLElement);
  readonly #said = byId('try-said', HTMLElement);
  readonly #tip = new WordTip(this.#words);
  readonly #example = byId('try-example', HTMLButtonElement);
  readonly #bars = TONES.map((tone) => ({
    tone,
    bar: byId(`try-bar-${tone}`, HTMLElement),
    score: byId(`try-score-${tone}`, HTMLElement),
  }));
  /** Counts the texts: only the answer to the last may be shown. */
  #turn = 0;
  #isConnected = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(client: HubClient) {
    this.#client = client;
    this.#text.addEventListener('input', () => void this.#score());
    this.#example.addEventListener('click', () => {
      this.#text.value = EXAMPLE;
      this.#text.focus();
      void this.#score();
    });
    this.#empty();
  }

  focus(): void {
    this.#text.focus();
  }

  /** A text typed while the hub was away is scored when it is back. */
  connected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (this.#text.value.trim() !== '') void this.#score();
  }

  async #score(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const text = this.#text.value;
    clearTimeout(this.#waiting);
    setText(this.#problem, '');
    setHidden(this.#example, text !== '');
    if (text.trim() === '') return this.#empty();
    const limit = this.#client.hello?.limits.maxTextLength;
    if (limit !== undefined && text.length > limit) {
      this.#mark('');
      setText(this.#problem, `That is ${whole(text.length)} characters; the hub takes ${whole(limit)} at most.`);
      return;
    }
    if (!this.#isConnected) {
      setText(this.#receipt, 'Waiting for the hub. Your text will be scored when it is back.');
      return;
    }
    this.#waiting = setTimeout(() => setText(this.#receipt, 'waiting …'), WAITING_AFTER_MS);
    try {
      const answer = await this.#client.predict(text, { key: 'try-it', explain: this.#canExplain() });
      if (turn === this.#turn) this.#show(text, answer);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      if (turn === this.#turn) clearTimeout(this.#waiting);
    }
  }

  #show(text: string, answer: ClientPrediction): void {
    const scores = scoresByTone(answer.prediction, this.#labelsOf(answer.model));
    if (scores === undefined) {
      setText(this.#problem, `${answer.model} answers no scores of positive and negative.`);
      return;
    }
    for (const { tone, bar, score } of this.#bars) {
      setStyle(bar, '--share', `${(100 * scores[tone]).toFixed(1)}%`);
      setText(score, scores[tone].toFixed(2));
    }
    setText(this.#receipt, receiptOf(answer));
    this.#mark(text, typeof answer.label === 'string' ? answer.label : undefined, answer.words ?? []);
  }

  #mark(text: string, label?: string, words: readonly WordWeight[] = []): void {
    const telling = words.filter(({ weight }) => Math.abs(weight) >= TELLING_WEIGHT);
    this.#tip.hide();
    this.#words.replaceChildren(...(telling.length === 0 ? [] : markedText(text, text.length, telling, label)));
    setText(this.#said, spokenWords(text, telling, label));
  }

  #fail(error: unknown): void {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === 'SUPERSEDED' || code === 'CANCELLED') return;
    setText(this.#receipt, '');
    this.#mark('');
    setText(this.#problem, `Not scored: ${String(message ?? error)}`);
  }

  #empty(): void {
    for (const { bar, score } of this.#bars) {
      setStyle(bar, '--share', '0%');
      setText(score, '0.00');
    }
    setText(this.#receipt, '');
    this.#mark('');
    setHidden(this.#example, this.#text.value !== '');
  }

  #labelsOf(reference: string): readonly string[] {
    return this.#model(reference)?.labels ?? [];
  }

  #canExplain(): boolean {
    const { limits, defaultModel = '' } = this.#client.hello ?? {};
    const [takes] = this.#model(defaultModel)?.inputs ?? [];
    return takes?.dtype === 'string' && limits !== undefined && limits.maxRequestRows > MAX_EXPLAINED_TOKENS;
  }

  #model(reference: string): ModelDescription | undefined {
    return this.#client.hello?.models.find(({ name, version }) => `${name}@${version}` === reference);
  }
}

/** A sum: the hub's share, and the rest of the way. */
function receiptOf({ timing }: ClientPrediction): string {
  if (timing === undefined) return 'The hub gives no receipts.';
  const { queueUs, batchUs, inferUs, totalUs, roundTripUs } = timing;
  const network = Math.max(0, roundTripUs - totalUs);
  const parts = [`queue ${microsText(queueUs)}`, `batch ${microsText(batchUs)}`, `infer ${microsText(inferUs)}`];
  return `${microsText(totalUs + network)} = ${parts.join(' + ')} + network ${microsText(network)}`;
}
