/** The cost of counting itself: events of a hub, with times as under load, passed to a tap repeatedly. */

import { Counter, Histogram, Registry } from 'prom-client';
import type { Random } from '../../demo/text/random.js';
import type { Predicted } from '../../server/contracts/outcome.js';
import type { RefusedRequest, Tap, Via } from '../../server/contracts/tap.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import type { Timing } from '../../shared/protocol.js';
import { median } from '../harness/statistics.js';
import { BenchHub } from './bench-hub.js';
import { instantModel } from './instant-engine.js';

export interface ListenerCost {
  /** Nanoseconds per request and round: with the listener minus with one that does nothing. */
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
  const requests = events.filter(({ isRequest }) => isRequest).length;
  const none = tapOf(() => {
    seen += 1;
  });
  const own = new PredictionCounts(() => performance.now(), []);
  const library = libraryTap();
  let seen = 0;
  const pass = (tap: Tap, passes: number): number => {
    const startedAt = performance.now();
    for (let i = 0; i < passes; i++) for (const { tell } of events) tell(tap);
    return ((performance.now() - startedAt) * 1e6) / (passes * requests);
  };
  const ownNs: number[] = [];
  const libraryNs: number[] = [];
  for (const tap of [none, own, library]) pass(tap, 5);
  for (let round = 0; round < plan.rounds; round++) {
    // The one that does nothing runs before and after, so that drift affects both.
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

/** A recorded event of a hub. */
interface Told {
  readonly tell: (tap: Tap) => void;
  readonly isRequest: boolean;
}

/** Events of a working hub; its times are log-normal around some milliseconds, as with a real engine. */
async function collectEvents(random: Random): Promise<readonly Told[]> {
  const events: Told[] = [];
  const add = (isRequest: boolean, tell: (tap: Tap) => void): void => void events.push({ isRequest, tell });
  const collect: Tap = {
    name: 'collect',
    predicted(request, told) {
      const { output, timing } = told;
      if (timing === undefined) throw new Error('a prediction came without its receipt');
      // Its buffer is reused.
      const [from, to] = [output.firstRow * 3, (output.firstRow + output.rows) * 3];
      const arrays = output.arrays.map((array) => array.slice(from, to));
      const outcome = { ...told, output: { ...output, arrays, firstRow: 0 }, timing: likely(timing, random) };
      add(true, (tap) => tap.predicted?.(request, outcome));
    },
    failed: (request, error) => add(true, (tap) => tap.failed?.(request, error)),
    refused: (request) => add(true, (tap) => tap.refused?.(request)),
    batch: (batch) => add(false, (tap) => tap.batch?.(batch)),
  };
  await new BenchHub(MODELS, [collect], random).run(EVENTS);
  return events;
}

function tapOf(run: () => void): Tap {
  return { name: 'none', predicted: run, failed: run, refused: run, batch: run };
}

function likely(timing: Timing, random: Random): Timing {
  const draw = (medianUs: number): number =>
    Math.round(medianUs * Math.exp(2 * (random.next() + random.next() + random.next() - 1.5)));
  const [queueUs, batchUs, inferUs] = [draw(2000), draw(300), draw(1500)];
  return { ...timing, queueUs, batchUs, inferUs, totalUs: queueUs + batchUs + inferUs };
}

/** What one would write with the library alone. */
function libraryTap(): Tap {
  const registers = [new Registry()];
  const model = ['model', 'version'];
  const help = 'for comparison';
  const requests = new Counter({ name: 'requests', help, registers, labelNames: [...model, 'via', 'outcome'] });
  const labels = new Counter({ name: 'labels', help, registers, labelNames: [...model, 'label'] });
  const buckets = [0.0001, 0.001, 0.01, 0.1, 1, 10];
  const times = (['queueUs', 'batchUs', 'inferUs', 'totalUs'] as const).map((field) => {
    return { field, histogram: new Histogram({ name: field, help, registers, labelNames: model, buckets }) };
  });
  return {
    name: 'library',
    refused({ model: spec, origin: { via }, error }: RefusedRequest) {
      const { name = '', version = '' } = spec ?? {};
      requests.inc({ model: name, version, via, outcome: error.code });
    },
    predicted({ origin: { via } }: { readonly origin: { readonly via: Via } }, outcome: Predicted) {
      const { model: spec, output, timing } = outcome;
      const { name, version } = spec;
      requests.inc({ model: name, version, via, outcome: 'ok' });
      for (const { field, histogram } of times)
        histogram.observe({ model: name, version }, (timing?.[field] ?? 0) / 1e6);
      const scores = [...(output.arrays[0] ?? [])];
      const label = spec.labels?.[scores.indexOf(Math.max(...scores))];
      if (label !== undefined) labels.inc({ model: name, version, label });
    },
  };
}
