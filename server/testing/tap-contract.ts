/** Contract of every tap: it survives every kind of event, throws nothing, waits for nothing, and closes in time. */

import assert from 'node:assert/strict';
import { ERRORS, type ErrorCode, wireError } from '../../shared/errors.js';
import type { Timing } from '../../shared/protocol.js';
import type { ModelSpec } from '../contracts/model.js';
import type { Predicted } from '../contracts/outcome.js';
import type { ObservedRequest, Tap } from '../contracts/tap.js';
import { type ContractCase, within } from './contract.js';

const TIMING: Timing = { queueUs: 10, batchUs: 20, inferUs: 30, totalUs: 60, batchRows: 2, engine: 'puppet' };
const TENSORS: ModelSpec = {
  name: 'tensors',
  version: '1',
  ref: 'tensors@1',
  inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
  labels: ['no', 'yes'],
  maxTextLength: 100,
};
const TEXTS: ModelSpec = {
  ...TENSORS,
  name: 'texts',
  ref: 'texts@1',
  inputs: [{ name: 'text', dtype: 'string', shape: [] }],
  labels: undefined,
};
const ORIGIN = { name: 'a session', via: 'socketio', alias: 'abc', internal: false } as const;
const CLOSE_MS = 5000;

/**
 * Returns the cases that a tap must pass.
 * @param open creates a tap that is ready for events; the case closes it.
 */
export function tapContract(open: () => Tap | Promise<Tap>): readonly ContractCase[] {
  const on = (name: string, body: (tap: Tap) => void | Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const tap = await open();
      try {
        await body(tap);
      } finally {
        await within('the tap is closed', Promise.resolve(tap.close?.(CLOSE_MS)));
      }
    },
  });
  return [
    on('has a name', (tap) => {
      assert.match(tap.name, /\S/);
    }),
    on('takes every event there is, and answers nothing', (tap) => {
      for (const answer of tellAll(tap)) assert.equal(answer, undefined, 'a callback must not be async');
    }),
    on('takes requests of doors and models that it has not seen before', (tap) => {
      const request = requestOf({ ...TENSORS, name: 'new', ref: 'new@7', version: '7' }, [1, 2], 'another door');
      tap.predicted?.(request, predictionOf(request.model));
      tap.failed?.(request, wireError('CANCELLED', 'gone'));
      tap.refused?.({ error: wireError('OVERLOADED', 'full', 10), origin: request.origin, model: request.model });
    }),
    on('is not disturbed when the buffer of an answer is gone after the call', (tap) => {
      for (let i = 0; i < 100; i++) {
        const request = requestOf(TENSORS, [i, i]);
        const outcome = predictionOf(TENSORS);
        tap.predicted?.(request, outcome);
        for (const { buffer } of outcome.output.arrays)
          if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] });
      }
    }),
    on('closes in time, may be closed twice, and what is told after is no fault', async (tap) => {
      for (const _ of tellAll(tap));
      await within('the tap is closed', Promise.resolve(tap.close?.(CLOSE_MS)));
      for (const _ of tellAll(tap));
    }),
  ];
}

/** Sends it each kind of event, and yields what it returns. */
function* tellAll(tap: Tap): Iterable<unknown> {
  for (const model of [TENSORS, TEXTS]) {
    const one = requestOf(model, model === TEXTS ? 'a text “with” 🔥 and \u0000' : [1, 2]);
    const many = { ...requestOf(model, model === TEXTS ? ['a', 'b'] : [[1, 2]], 'rest'), batched: true, id: 7 };
    yield tap.predicted?.(one, predictionOf(model));
    yield tap.predicted?.(many, predictionOf(model, undefined));
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      yield tap.failed?.(one, wireError(code, 'a message\nof two lines'));
      yield tap.refused?.({
        error: wireError(code, ''),
        origin: ORIGIN,
        model: code === 'NOT_FINITE' ? undefined : model,
      });
    }
    const batch = { model, rows: 2, queueMs: 1.5, tookMs: 2.5, inferUs: 900 };
    yield tap.batch?.({ ...batch, status: 'done', reason: undefined });
    yield tap.batchFailed?.({ ...batch, status: 'failed', reason: 'it threw' });
    yield tap.batchFailed?.({ ...batch, inferUs: 0, status: 'lost', reason: 'its thread died' });
    yield tap.poison?.(model, 'it threw');
  }
  yield tap.fault?.('a test', new Error('a bug'));
  yield tap.fault?.('a test', 'no error at all');
  for (const state of ['ready', 'draining', 'closed'] as const) yield tap.state?.(state);
  const socket = { socket: 's', session: 'abcdefgh' };
  yield tap.transport?.({ type: 'connected', ...socket, resumed: false, address: '::1', via: 'websocket' });
  yield tap.transport?.({ type: 'disconnected', ...socket, reason: 'left', requests: 3, lastedMs: 20 });
  yield tap.transport?.({ type: 'rejected', address: '::1', code: 'FORBIDDEN', reason: 'a foreign page' });
  yield tap.transport?.({ type: 'misdirected', kind: 'protocol', address: '::1', reason: 'too old' });
  yield tap.transport?.({ type: 'cut', kind: 'flood', address: '::1', reason: 'too much' });
  yield tap.transport?.({ type: 'proxy', address: '10.0.0.1' });
  const http = { requestId: 'a-1', address: '::1', method: 'GET', path: '/models', route: '/models' };
  yield tap.transport?.({ type: 'http', ...http, status: 200, tookMs: 1 });
  yield tap.engine?.({ type: 'thread-started', thread: 0 });
  yield tap.engine?.({ type: 'thread-ready', thread: 0, ms: 100 });
  yield tap.engine?.({ type: 'thread-lost', thread: 0, reason: 'it died', retryMs: 0 });
  yield tap.engine?.({ type: 'model-lost', thread: 0, ref: 'tensors@1', problem: 'gone' });
  yield tap.stream?.({ type: 'stream-opened', stream: 'a' });
  yield tap.stream?.({ type: 'stream-expired', stream: 'a' });
  yield tap.stream?.({ type: 'viewer-cut', stream: 'a', message: 'it did not read' });
}

function requestOf(model: ModelSpec, input: unknown, via: string = ORIGIN.via): ObservedRequest {
  const origin = { ...ORIGIN, via };
  return { id: 'an id', origin, model, rows: 1, batched: false, acceptedAt: 0, stream: 'a stream', input };
}

function predictionOf(model: ModelSpec, timing: Timing | undefined = TIMING): Predicted {
  const output = { arrays: [Float32Array.of(9, 9, 0.25, 0.75)], firstRow: 1, rows: 1 };
  return { ok: true, model, output, batched: false, timing };
}
