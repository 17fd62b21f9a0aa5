/** Callers of every kind that ask continuously, and the results of their questions. Knows nothing of hubs and nginx. */

import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../shared/words/message-of.js';
import { within } from '../harness/deadline.js';
import { buildInputs, expectedPredictions } from '../servers/mlp.js';
import { type Caller, KINDS, type Kind, type Loss } from './callers.js';

/** Longest pause between an answer and the next question, in milliseconds; pauses are uniformly distributed. */
const THINK_MS = 40;
/** Longer than any caller waits for an answer. */
const SETTLE_MS = 30_000;
const TOLERANCE = 1e-4;
/** Maximum number of distinct failures. */
const MAX_FAILURES = 20;

const INPUTS = buildInputs();
const EXPECTED = expectedPredictions();

/** The results of one kind of caller. */
export interface KindFigures {
  readonly kind: Kind;
  readonly callers: number;
  readonly asked: number;
  readonly right: number;
  readonly wrong: number;
  readonly failed: number;
  /** Questions without any result. */
  readonly lost: number;
  readonly repeated: number;
  /** By message. */
  readonly failures: Readonly<Record<string, number>>;
  /** Lost connections per caller. */
  readonly losses: readonly (readonly Loss[])[];
}

class Group {
  readonly #kind: Kind;
  readonly #callers: readonly Caller[];
  readonly #failures = new Map<string, number>();
  #asked = 0;
  #right = 0;
  #wrong = 0;
  #failed = 0;

  constructor(kind: Kind, callers: readonly Caller[]) {
    this.#kind = kind;
    this.#callers = callers;
  }

  get answered(): number {
    return this.#right + this.#wrong;
  }

  async open(): Promise<void> {
    await Promise.all(this.#callers.map((caller) => caller.open()));
  }

  async run(stop: AbortSignal): Promise<void> {
    await Promise.all(this.#callers.map((caller) => this.#loop(caller, stop)));
  }

  close(): void {
    for (const caller of this.#callers) caller.close();
  }

  figures(): KindFigures {
    const settled = this.#right + this.#wrong + this.#failed;
    return {
      kind: this.#kind,
      callers: this.#callers.length,
      asked: this.#asked,
      right: this.#right,
      wrong: this.#wrong,
      failed: this.#failed,
      lost: this.#asked - settled,
      repeated: this.#callers.reduce((sum, { repeated }) => sum + repeated, 0),
      failures: Object.fromEntries(this.#failures),
      losses: this.#callers.map(({ losses }) => losses),
    };
  }

  async #loop(caller: Caller, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const at = Math.floor(Math.random() * INPUTS.length);
      this.#asked += 1;
      try {
        const prediction = await caller.ask(INPUTS[at] ?? []);
        if (isRight(prediction, at)) this.#right += 1;
        else this.#wrong += 1;
      } catch (error) {
        this.#failed += 1;
        this.#note(error);
      }
      await delay(THINK_MS * Math.random());
    }
  }

  #note(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const text = `${messageOf(error)}${code}`.slice(0, 200);
    const known = this.#failures.get(text);
    if (known !== undefined || this.#failures.size < MAX_FAILURES) this.#failures.set(text, (known ?? 0) + 1);
  }
}

export class Load {
  readonly #groups: readonly Group[];
  readonly #stop = new AbortController();
  #loops: Promise<unknown> | undefined;

  constructor(url: string, callersOfEach: number) {
    this.#groups = Object.entries(KINDS).map(
      ([kind, make]) =>
        new Group(
          kind as Kind,
          Array.from({ length: callersOfEach }, () => make(url)),
        ),
    );
  }

  /** Resolves when every caller is connected and asking. */
  async start(): Promise<void> {
    await Promise.all(this.#groups.map((group) => group.open()));
    this.#loops = Promise.all(this.#groups.map((group) => group.run(this.#stop.signal)));
    await this.goesOn(1);
  }

  /** Resolves when each kind of caller has this many more answers. */
  async goesOn(answers: number): Promise<void> {
    const goals = this.#groups.map((group) => group.answered + answers);
    const last = performance.now() + SETTLE_MS;
    while (!this.#groups.every((group, i) => group.answered >= (goals[i] ?? 0))) {
      // The figures show the result.
      if (performance.now() > last) return;
      await delay(10);
    }
  }

  /** Stops asking, waits for open questions, and closes. */
  async end(): Promise<readonly KindFigures[]> {
    this.#stop.abort();
    await within(SETTLE_MS, 'the last answers', Promise.resolve(this.#loops)).catch(() => undefined);
    const figures = this.#groups.map((group) => group.figures());
    for (const group of this.#groups) group.close();
    return figures;
  }
}

function isRight(prediction: unknown, at: number): boolean {
  const expected = EXPECTED[at] ?? [];
  return (
    Array.isArray(prediction) &&
    prediction.length === expected.length &&
    expected.every((value, i) => Math.abs(Number(prediction[i]) - value) < TOLERANCE)
  );
}
