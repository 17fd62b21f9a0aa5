/** What the counting itself costs: the hub's own events, with times as a loaded hub has them, given to the listener again and again. */

import { Counter, Histogram, Registry } from 'prom-client';
import type { Random } from '../../demo/text/random.js';
import type { HubEvent, HubListener } from '../../server/core/requests/events.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import type { Timing } from '../../shared/protocol.js';
import { median } from '../harness/statistics.js';
import { BenchHub } from './bench-hub.js';
import { instantModel } from './instant-engine.js';

export interface ListenerCost {
  /** For each round, in nanoseconds a request: with the listener less with one that does nothing. */
  readonly ownNs: readonly number[];
  /** The same events counted by prom-client's own classes. */
  readonly libraryNs: readonly number[];
}

const EVENTS = 20_000;
const MODELS = [
  instantModel('labelled', 3, ['negative', 'neutral', 'positive']),
  instantModel('plain', 3, undefined),
] as const;

export async function measureListener(
  plan: { readonly rounds: number; readonly passes: number },
  random: Random,
): Promise<ListenerCost> {
  const events = await collectEvents(random);
  const requests = events.filter(({ type }) => type !== 'batch').length;
  const none: HubListener = (event) => {
    seen += event.type.length;
  };
  const own = new PredictionCounts(() => performance.now(), []).listener;
  const library = libraryListener();
  let seen = 0;
  const pass = (listener: HubListener, passes: number): number => {
    const startedAt = performance.now();
    for (let i = 0; i < passes; i++) for (const event of events) listener(event);
    return ((performance.now() - startedAt) * 1e6) / (passes * requests);
  };
  const ownNs: number[] = [];
  const libraryNs: number[] = [];
  for (const listener of [none, own, library]) pass(listener, 5);
  for (let round = 0; round < plan.rounds; round++) {
    // The one that does nothing on both sides: whatever drifts is in both.
    const before = pass(none, plan.passes);
    const counted = pass(own, plan.passes);
    const byLibrary = pass(library, Math.ceil(plan.passes / 10));
    const nothing = (before + pass(none, plan.passes)) / 2;
    ownNs.push(counted - nothing);
    libraryNs.push(byLibrary - nothing);
  }
  if (!(median(ownNs) > 0 && seen > 0)) throw new Error('counting cost less than nothing: the measurement is wrong');
  return { ownNs, libraryNs };
}

/** Events of a hub at work; their times are log-normal around some milliseconds, as those of a hub with a real engine. */
async function collectEvents(random: Random): Promise<readonly HubEvent[]> {
  const events: HubEvent[] = [];
  const collect: HubListener = (event) => {
    if (event.type !== 'settled' || !event.outcome.ok) return void events.push(event);
    const { output, timing } = event.outcome;
    if (timing === undefined) throw new Error('a prediction came without its receipt');
    // Its buffer is used again.
    const arrays = output.arrays.map((array) => array.slice(output.firstRow * 3, (output.firstRow + output.rows) * 3));
    const outcome = { ...event.outcome, output: { ...output, arrays, firstRow: 0 }, timing: likely(timing, random) };
    events.push({ ...event, outcome });
  };
  await new BenchHub(MODELS, [collect], random).run(EVENTS);
  return events;
}

function likely(timing: Timing, random: Random): Timing {
  const draw = (medianUs: number): number =>
    Math.round(medianUs * Math.exp(2 * (random.next() + random.next() + random.next() - 1.5)));
  const [queueUs, batchUs, inferUs] = [draw(2000), draw(300), draw(1500)];
  return { ...timing, queueUs, batchUs, inferUs, totalUs: queueUs + batchUs + inferUs };
}

/** What one would write with the library alone. */
function libraryListener(): HubListener {
  const registers = [new Registry()];
  const model = ['model', 'version'];
  const help = 'for comparison';
  const requests = new Counter({ name: 'requests', help, registers, labelNames: [...model, 'via', 'outcome'] });
  const labels = new Counter({ name: 'labels', help, registers, labelNames: [...model, 'label'] });
  const buckets = [0.0001, 0.001, 0.01, 0.1, 1, 10];
  const times = (['queueUs', 'batchUs', 'inferUs', 'totalUs'] as const).map((field) => {
    return { field, histogram: new Histogram({ name: field, help, registers, labelNames: model, buckets }) };
  });
  return (event) => {
    if (event.type === 'refused') {
      const { name = '', version = '' } = event.model ?? {};
      return requests.inc({ model: name, version, via: event.origin.via, outcome: event.error.code });
    }
    if (event.type !== 'settled' || !event.outcome.ok) return;
    const { model: spec, output, timing } = event.outcome;
    const { name, version } = spec;
    requests.inc({ model: name, version, via: event.pending.origin.via, outcome: 'ok' });
    for (const { field, histogram } of times) histogram.observe({ model: name, version }, (timing?.[field] ?? 0) / 1e6);
    const scores = [...(output.arrays[0] ?? [])];
    const label = spec.labels?.[scores.indexOf(Math.max(...scores))];
    if (label !== undefined) labels.inc({ model: name, version, label });
  };
}
