/**
 * The hub: accepts requests from any transport and settles each exactly once. Knows no sockets, no particular engine
 * and no logger.
 */

import { type WireError, wireError } from '../../shared/errors.js';
import { measureInput } from '../../shared/input.js';
import { MAX_TIMEOUT_MS } from '../../shared/limits.js';
import { type PredictEnvelope, parsePredict } from '../../shared/parse.js';
import type { Prediction, PredictRequest, ReceiptParts, RequestId } from '../../shared/protocol.js';
import { withInputHint } from '../../shared/words/input-hint.js';
import type { Quota } from '../contracts/access.js';
import type { Clock } from '../contracts/clock.js';
import type { HubPort, OriginOptions, Outline, Verdict as VerdictOf } from '../contracts/hub.js';
import type { ModelDirectory, ModelSpec, ReadyModel } from '../contracts/model.js';
import type { Settle } from '../contracts/outcome.js';
import type { CastTarget, StreamPublisher } from '../contracts/streams.js';
import type { HubState, Tap } from '../contracts/tap.js';
import { type DrainReport, drainLedger } from './drain.js';
import type { HubOptions, HubParts } from './hub-parts.js';
import { AdmissionControl } from './requests/admission-control.js';
import { answerOf } from './requests/answer.js';
import { castRows } from './requests/cast-rows.js';
import { planExplanation } from './requests/explanation.js';
import type { HubStats } from './requests/hub-stats.js';
import { Ledger } from './requests/ledger.js';
import { fitted } from './requests/open-sizes.js';
import { Principals } from './requests/principal.js';
import { newPending, Origin, type Pending } from './requests/request.js';
import { redacted } from './requests/shown-input.js';
import { Scheduler } from './scheduler.js';
import { Taps } from './taps.js';

export type { DrainReport } from './drain.js';
export type { HubOptions, HubParts } from './hub-parts.js';

/** The answer of {@link Hub.submit}. */
export type Verdict = VerdictOf<Pending>;

const MAX_PRINCIPAL_ROWS = 8192;

/** Accepts requests, batches them, and settles each accepted one exactly once. */
export class Hub implements HubPort {
  readonly options: HubOptions;
  readonly #models: ModelDirectory;
  readonly #clock: Clock;
  readonly #publisher: StreamPublisher | undefined;
  readonly #ledger: Ledger;
  readonly #scheduler: Scheduler;
  readonly #admission: AdmissionControl;
  readonly #principals = new Principals();
  /** The origin of {@link predict} calls without one. */
  readonly #inProcess: Origin;
  readonly #taps: Taps;
  #state: HubState = 'ready';
  #drained: Promise<DrainReport> | undefined;

  constructor({ engine, models, clock, wallNow = Date.now, options, publisher, taps = new Taps(clock) }: HubParts) {
    this.#taps = taps;
    this.options = options;
    this.#models = models;
    this.#clock = clock;
    this.#publisher = publisher;
    this.#ledger = new Ledger(clock, taps);
    this.#scheduler = new Scheduler(engine, clock, this.#ledger, taps, options);
    const { maxPrincipalRows = MAX_PRINCIPAL_ROWS } = options;
    this.#admission = new AdmissionControl({ clock, wallNow, scheduler: this.#scheduler, maxPrincipalRows });
    // In-process calls have no connection to limit: only the bounds of their principal and of the queue apply.
    this.#inProcess = this.openOrigin('in-process', { maxInFlightRows: maxPrincipalRows });
  }

  get state(): HubState {
    return this.#state;
  }

  get stats(): Readonly<HubStats> {
    return this.#ledger.stats;
  }

  /** Requests accepted and not yet settled. */
  get inFlight(): number {
    return this.#ledger.size;
  }

  get queuedRows(): number {
    return this.#scheduler.queuedRows;
  }

  /** Principals with an open origin, counting only those with a key. */
  get principals(): number {
    return this.#principals.size;
  }

  /** Waiting rows by model, for every model requested since the start. */
  queues(): ReadonlyMap<ModelSpec, number> {
    return this.#scheduler.queues();
  }

  /** Expected time in the engine of so many rows of a model, in milliseconds; none for a model that is not there. */
  expectedMs(reference: string, rows: number, textBytes: number): number {
    const model = this.#models.resolve(reference);
    if ('code' in model) return 0;
    const { overheadMs, rowMs, byteMs } = model.warmUp;
    return overheadMs + rowMs * rows + byteMs * textBytes;
  }

  /** Expected time until a row arriving now would be answered, in milliseconds. */
  get expectedWaitMs(): number {
    return this.#scheduler.expectedWaitMs();
  }

  /** Receipts around the 50th and 99th percentile of the last ten seconds; empty without predictions or receipts. */
  recentReceipts(): { readonly p50?: ReceiptParts; readonly p99?: ReceiptParts } {
    return this.#ledger.receipts.percentiles(this.#clock.now());
  }

  /** Adds a tap for the life of the hub. */
  tap(tap: Tap): void {
    this.#taps.add(tap);
  }

  /**
   * Opens an origin of requests. Close it when the connection or session is gone. Origins of the same `principal` share
   * its turns in every queue and its rows in flight; without one, the origin shares with nobody.
   */
  openOrigin(name: string, options: Partial<OriginOptions> = {}): Origin {
    const { maxInFlightRows } = this.options;
    const settings = { via: 'in-process', maxInFlightRows, alias: '', resumes: false, ...options } as const;
    return new Origin(name, this.#principals.join(options.principal, options.quota), settings);
  }

  /** Applies a newer quota of an origin's principal: it came back with another grant. */
  limit({ principal, principalKey }: Origin, quota: Quota | undefined): void {
    if (principalKey !== undefined) this.#principals.limit(principal, principalKey, quota);
  }

  /**
   * Cancels everything the origin has in flight and returns the number of requests. Their settle functions are still
   * called, once each.
   */
  closeOrigin(origin: Origin): number {
    if (!origin.closed) this.#principals.leave(origin.principalKey);
    origin.closed = true;
    origin.principal.retries?.forget(origin);
    const left = [...origin.requests.values()];
    for (const pending of left) this.cancel(pending, 'the connection was closed');
    return left.length;
  }

  /**
   * Accepts a request, or refuses it with an error, immediately. Never throws and never waits. `settle` is called
   * exactly once, after this call, for an accepted request; never for a refused one.
   */
  submit(request: PredictEnvelope, origin: Origin, settle: Settle): Verdict {
    const verdict = this.#admit(request, origin, settle);
    if (!verdict.accepted) this.#refuse(verdict.error, origin, verdict.model, request.id);
    return verdict;
  }

  /**
   * Why a request of this origin would be refused whatever its content; transports ask before parsing it. Costs a few
   * property reads and, on refusal, an error with its `retryAfterMs`: ask once per request, answer with that error and
   * count it with {@link noteRefusal}. Undefined is no promise of acceptance. Not for a request that may be a re-sent
   * one, whose session waits for it.
   */
  refusesNow(origin: Origin, { rows = 1, aheadRows = 0, model: reference, id }: Outline = {}): WireError | undefined {
    if (this.#state !== 'ready') return DRAINING;
    // A newer request replaces an older one with its key, and so may fit where nothing else does.
    if (origin.keyed.size > 0) return undefined;
    const model = this.#models.only ?? (reference === undefined ? undefined : this.#models.resolve(reference));
    const queue = model === undefined || 'code' in model ? undefined : this.#scheduler.queueOf(model);
    return this.#admission.refusesUnread({ rows, timeoutMs: MAX_TIMEOUT_MS, freedRows: -aheadRows, id }, origin, queue);
  }

  /**
   * Requests a prediction in-process. Rejects with an `Error` that carries the wire error's fields, such as `code`.
   * Calls without an origin share one, whose credit is a principal's; `id` and `key` are ignored without an origin.
   * Values are `[rows, d1, ..., dn]` for a batch, `[d1, ..., dn]` for one row.
   */
  predict(request: PredictRequest, options: { readonly origin?: Origin } = {}): Promise<Prediction> {
    return new Promise((resolve, reject) => {
      const origin = options.origin ?? this.#inProcess;
      const fail = (error: WireError): void => reject(Object.assign(new Error(error.message), error));
      const parsed = parsePredict(request);
      if (!parsed.ok) {
        this.noteRefusal(parsed.error, origin, parsed.model);
        return fail(parsed.error);
      }
      // On the shared origin, ids and keys would belong to different callers.
      const asked = options.origin === undefined ? { ...parsed.value, id: undefined, key: undefined } : parsed.value;
      const verdict = this.submit(asked, origin, (outcome) => {
        const answer = answerOf(outcome, request.timing !== false);
        if (answer.ok) resolve(answer.prediction);
        else fail(answer.error);
      });
      if (!verdict.accepted) fail(verdict.error);
    });
  }

  /** Settles a request with CANCELLED. Rows not yet posted are not computed. False when it was already settled. */
  cancel(pending: Pending, why = 'the caller cancelled it'): boolean {
    return this.#ledger.settle(pending, { ok: false, error: wireError('CANCELLED', `cancelled: ${why}`) });
  }

  /** Cancels a request by its id; false when the origin has no such request in flight. */
  cancelById(origin: Origin, id: RequestId): boolean {
    const pending = origin.requests.get(id);
    return pending !== undefined && this.cancel(pending);
  }

  /**
   * Counts a request that a transport refused before it reached {@link submit}. Returns the model requested, if it
   * exists.
   */
  noteRefusal(error: WireError, origin: Origin, reference?: string, id?: RequestId): ModelSpec | undefined {
    const model = this.#models.resolve(reference);
    const spec = 'code' in model ? undefined : model.spec;
    this.#refuse(error, origin, spec, id);
    return spec;
  }

  /**
   * Refuses new requests and waits until all accepted ones are settled, at most `graceMs` milliseconds; the rest is
   * then settled with DRAINING. A second call joins the first.
   */
  drain(graceMs: number): Promise<DrainReport> {
    if (this.#drained === undefined) {
      this.#setState('draining');
      this.#drained = drainLedger(this.#ledger, this.#clock, graceMs, () => this.#setState('closed'));
    }
    return this.#drained;
  }

  #admit(request: PredictEnvelope, origin: Origin, settle: Settle): Verdict {
    // Resolved first and once, so that a refused request too is counted for its model.
    const model = this.#models.resolve(request.model);
    const spec = 'code' in model ? undefined : model.spec;
    if (this.#state !== 'ready') return refusal(DRAINING, spec);
    if (request.id !== undefined && origin.requests.has(request.id)) return refusal(duplicate(request.id), spec);
    if ('code' in model) return refusal(model, spec);
    return this.#admitTo(model, request, origin, settle);
  }

  #admitTo(found: ReadyModel, request: PredictEnvelope, origin: Origin, settle: Settle): Verdict {
    const { spec } = found;
    const { maxRequestRows } = this.options;
    const fit =
      found.at === undefined
        ? { model: found, input: request.input }
        : fitted(request.input, found, found.at, maxRequestRows);
    if ('code' in fit) return refusal(fit, spec);
    const { model } = fit;
    const explanation = request.explain === true ? planExplanation(request.input, model) : undefined;
    if (explanation !== undefined && 'code' in explanation) return refusal(explanation, spec);
    const measured = measureInput(explanation?.texts ?? fit.input, model.spec, {
      maxRequestRows,
      maxTextLength: model.spec.maxTextLength,
    });
    if (!measured.ok) return refusal(withInputHint(measured.error, request.input), spec);

    const queue = this.#scheduler.queueOf(model);
    const { rows, batched } = measured.value;
    const { timeoutMs } = request;
    const key = request.key === undefined ? undefined : `${model.spec.ref} ${request.key}`;
    const older = key === undefined ? undefined : origin.keyed.get(key);
    // A posted row is answered: its time is already spent.
    const superseded = older?.queue === queue && older.queuedRows === older.rows ? older : undefined;
    const freedRows = superseded?.rows ?? 0;
    const error = this.#admission.refuses({ rows, timeoutMs, id: request.id, freedRows }, origin, queue);
    if (error !== undefined) return { accepted: false, error, model: spec, rows };

    const firstSlot = queue.arena.allocate(rows);
    const problem = queue.arena.write(measured.value, firstSlot);
    if (problem !== undefined) {
      queue.arena.release(firstSlot);
      return refusal(withInputHint(wireError('INVALID_INPUT', problem), request.input), spec);
    }
    let cast: CastTarget | undefined;
    if (request.stream !== undefined) {
      // The last check, so that a refused request does not create a stream.
      const opened = this.#publisher?.open(request.stream, model.spec) ?? NO_STREAMS;
      if ('code' in opened) {
        queue.arena.release(firstSlot);
        return refusal(opened, spec);
      }
      cast = opened;
    }
    const { keepInputs = false, redact, textInStreams = 'cut' } = this.options;
    const isChanged = redact !== undefined && (keepInputs || cast !== undefined);
    const shown = isChanged
      ? redacted(request.input, redact, { model: model.spec.ref, stream: request.stream }, this.#redactionFault)
      : request.input;
    const acceptedAt = this.#clock.now();
    const deadline = acceptedAt + timeoutMs;
    this.#admission.accepted(rows, origin);
    const pending = newPending({
      id: request.id,
      key,
      origin,
      queue,
      rows,
      batched,
      firstSlot,
      acceptedAt,
      deadline,
      subject: request.subject,
      stream: request.stream,
      input: keepInputs ? shown : undefined,
      explanation,
      settle:
        cast === undefined
          ? settle
          : castRows(
              cast,
              { origin, id: request.id, input: shown, rows: explanation ? 1 : rows, textInStreams },
              settle,
            ),
    });
    this.#ledger.accept(pending);
    this.#scheduler.add(queue, pending, superseded);
    if (superseded !== undefined) this.#ledger.settle(superseded, { ok: false, error: SUPERSEDED });
    return { accepted: true, pending, model: spec };
  }

  readonly #redactionFault = (cause: unknown): void => this.#taps.fault('redaction', cause);

  #refuse(error: WireError, origin: Origin, model: ModelSpec | undefined, id: RequestId | undefined): void {
    this.#ledger.refuse(error.code);
    this.#taps.refused({ error, origin, model, id });
  }

  #setState(state: HubState): void {
    this.#state = state;
    this.#taps.state(state);
  }
}

const DRAINING = wireError('DRAINING', 'the hub is shutting down; send this to another hub, or retry', 1000);
const NO_STREAMS = wireError('INVALID_INPUT', 'this hub has no streams; leave stream out');
const SUPERSEDED = wireError('SUPERSEDED', 'a newer request with the same key took its place');

function refusal(error: WireError, model: ModelSpec | undefined): Verdict {
  return { accepted: false, error, model };
}

function duplicate(id: RequestId): WireError {
  return wireError('DUPLICATE_ID', `a request with id ${JSON.stringify(id)} is in flight; it goes on. Use an id once`);
}
