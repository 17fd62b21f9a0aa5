/** The metrics of the hub itself: its state, its engine, its event loop, its prediction log. */

import { type Metric, one, STATES } from './metric.js';

const NO_LOG = { written: 0, dropped: 0, leftOut: 0, writeErrors: 0 };

export const HUB_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels say which versions run.',
    use: 'Which version is where, during a rollout.',
    read: ({ version }) => [{ labels: { version, node: process.version }, value: 1 }],
  },
  {
    name: 'tickcast_state',
    type: 'gauge',
    labels: ['state'],
    help: 'The state of the hub, as named by /readyz: 1 for the current state, 0 for the others.',
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
    help: 'Expected time until a row arriving now would be answered, by the measured cost of batches.',
    use: 'Scale on it: it rises before latency does. Requests with a shorter timeoutMs are refused.',
    read: ({ hub }) => one(hub.expectedWaitMs / 1000),
  },
  {
    name: 'tickcast_in_flight_requests',
    type: 'gauge',
    labels: [],
    help: 'Requests accepted and not yet answered.',
    use: 'By Little’s law, the rate times the latency; constant when the engine is stuck.',
    read: ({ hub }) => one(hub.inFlight),
  },
  {
    name: 'tickcast_engine_healthy',
    type: 'gauge',
    labels: [],
    help: '1 while every engine thread runs or is being replaced for the first time, 0 while one keeps dying.',
    use: '0 makes /readyz return 503; the log has the reason.',
    read: ({ engine }) => one(engine.healthy ? 1 : 0),
  },
  {
    name: 'tickcast_engine_restarts_total',
    type: 'counter',
    labels: [],
    help: 'Engine threads that died or hung, and were replaced.',
    use: 'Each made some requests run again. Several in a row mean that an input or a model kills its thread.',
    read: ({ engine }) => one(engine.restarts),
  },
  {
    name: 'tickcast_engine_tensors',
    type: 'gauge',
    labels: [],
    help: 'Tensors held by the engine threads, weights included. The last known value while a thread is busy; absent until the first.',
    use: 'Constant between loads of models; growth is a leak in a model or a session.',
    read: async ({ engine }) => {
      const tensors = await engine.tensors();
      return tensors === undefined ? [] : one(tensors);
    },
  },
  {
    name: 'tickcast_event_loop_utilisation_ratio',
    type: 'gauge',
    labels: [],
    help: 'Fraction of the time since the last scrape that the main thread was busy, 0 to 1.',
    use: 'Above 0.9 the main thread is the bottleneck: another hub helps, more engine threads do not.',
    read: ({ utilisation }) => one(utilisation()),
  },
  {
    name: 'tickcast_log_rows_total',
    type: 'counter',
    labels: ['result'],
    help: 'Rows of predictions by their result in the prediction log: written, dropped (its queue or the disk was full), left_out (by sampling).',
    use: 'dropped above 0: the disk is full or slow. Predictions continue.',
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
    help: 'Failed writes of the prediction log.',
    use: 'The process log has the first reason: no space, no permission, no folder.',
    read: ({ log }) => one((log?.() ?? NO_LOG).writeErrors),
  },
];
