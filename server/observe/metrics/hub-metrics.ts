/** The metrics of the hub itself: its state, its engine, its event loop, its prediction log. */

import { type Metric, one, STATES } from './metric.js';

const NO_LOG = { written: 0, dropped: 0, leftOut: 0, writeErrors: 0 };

export const HUB_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels say what runs.',
    use: 'Which version is where, during a rollout.',
    read: ({ version }) => [{ labels: { version, node: process.version }, value: 1 }],
  },
  {
    name: 'tickcast_state',
    type: 'gauge',
    labels: ['state'],
    help: 'The state of the hub, as /readyz names it: 1 for that which it is in, 0 for the others.',
    use: 'state="ready" is 0 while it starts, drains or has no engine.',
    *read({ state }) {
      const now = state();
      for (const name of STATES) yield { labels: { state: name }, value: name === now ? 1 : 0 };
    },
  },
  {
    name: 'tickcast_expected_wait_seconds',
    type: 'gauge',
    labels: [],
    help: 'Expected time until a row that came now would be answered, by the measured cost of batches.',
    use: 'What to scale on: it rises before latency does. Above a request’s timeoutMs the hub refuses it.',
    read: ({ hub }) => one(hub.expectedWaitMs / 1000),
  },
  {
    name: 'tickcast_in_flight_requests',
    type: 'gauge',
    labels: [],
    help: 'Requests that were accepted and are not answered yet.',
    use: 'By Little’s law the rate times the latency; it stands still when the engine does.',
    read: ({ hub }) => one(hub.inFlight),
  },
  {
    name: 'tickcast_engine_healthy',
    type: 'gauge',
    labels: [],
    help: '1 while every engine thread is there or is being replaced for the first time, 0 while one keeps dying.',
    use: '0 makes /readyz answer 503; the log has the reason.',
    read: ({ engine }) => one(engine.healthy ? 1 : 0),
  },
  {
    name: 'tickcast_engine_restarts_total',
    type: 'counter',
    labels: [],
    help: 'Engine threads that died or hung, and were replaced.',
    use: 'Each cost some requests a second run. Several in a row are an input or a model that kills its thread.',
    read: ({ engine }) => one(engine.restarts),
  },
  {
    name: 'tickcast_engine_tensors',
    type: 'gauge',
    labels: [],
    help: 'Tensors that the engine threads hold, weights included. The newest known where a thread is busy; absent until one has told.',
    use: 'Flat between loads of models; growth is a leak in a model or a session.',
    read: async ({ engine }) => {
      const tensors = await engine.tensors();
      return tensors === undefined ? [] : one(tensors);
    },
  },
  {
    name: 'tickcast_event_loop_utilisation_ratio',
    type: 'gauge',
    labels: [],
    help: 'Share of the time since the last scrape that the main thread was busy, 0 to 1.',
    use: 'Above 0.9 the main thread is the limit: more engine threads do not help, another hub does.',
    read: ({ utilisation }) => one(utilisation()),
  },
  {
    name: 'tickcast_log_rows_total',
    type: 'counter',
    labels: ['result'],
    help: 'Rows of predictions by what became of them in the prediction log: written, dropped (it was full, or the disk was), left_out (by sampling).',
    use: 'dropped above 0: the disk is full or slow. Predictions go on.',
    *read({ log }) {
      const { written, dropped, leftOut } = log?.() ?? NO_LOG;
      for (const [result, value] of Object.entries({ written, dropped, left_out: leftOut }))
        yield { labels: { result }, value };
    },
  },
  {
    name: 'tickcast_log_write_errors_total',
    type: 'counter',
    labels: [],
    help: 'Writes of the prediction log that failed.',
    use: 'The log of the process has the first reason: no space, no rights, no folder.',
    read: ({ log }) => one((log?.() ?? NO_LOG).writeErrors),
  },
];
