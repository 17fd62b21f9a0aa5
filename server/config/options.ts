/**
 * Every option of the hub, in groups. Flags, environment, `--help`, docs and the typed config are derived from this
 * table.
 */

import { flag, integer, integerOr, list, MIB, type Option, oneOf, read, text } from '../../command-line/option.js';
import type { OptionGroup } from '../../command-line/program.js';
import { ADAPTER_NAME } from '../../shared/limits.js';
import { isProxies } from '../transports/client-address.js';
import { isHost } from '../transports/host-policy.js';
import { isOrigin } from '../transports/origin-policy.js';

const areNames = (entries: readonly string[]): boolean => entries.every((entry) => ADAPTER_NAME.test(entry));

/** Models, engine and batches. */
const MODELS = {
  model: text(
    'PATH',
    './model',
    'A model.json, a version folder, a model folder, or a repository of <name>/<version>/.',
  ),
  defaultModel: text(
    'NAME',
    '',
    'The model that answers requests which name none. Empty: the bare model, else the only one.',
  ),
  engine: oneOf(
    ['auto', 'native', 'wasm', 'cpu'],
    'auto',
    'What computes: auto takes native where it is installed, else wasm.',
  ),
  engineThreads: integer(1, 64, 1, 'Threads that compute, each with all models: batches that run at a time.'),
  tickMs: integer(
    0,
    1000,
    0,
    'How long an idle engine waits for more rows, in milliseconds. 0 never waits on purpose.',
  ),
  maxBatchMs: integer(1, 60_000, 50, 'A batch may take about this long, in milliseconds, by its measured cost.'),
  maxBatchRows: integer(1, 1_048_576, 4096, 'Most rows of a batch, whatever they cost.'),
  maxQueueRows: integer(1, 1_048_576, 8192, 'Most rows waiting for one model; more are refused OVERLOADED.'),
  maxArenaBytes: integer(
    1024,
    64 * 1024 * MIB,
    256 * MIB,
    'Most bytes of tensor rows kept for one model, waiting and running.',
  ),
  maxRequestRows: integer(1, 1_048_576, 1024, 'Most rows of one request.'),
  maxTextLength: integer(
    1,
    10_000_000,
    10_000,
    'Most characters of one text, where the model’s manifest does not say less.',
  ),
  watchdogMs: integer(
    50,
    600_000,
    2000,
    'A batch that takes this long, and ten times its expected time, is held to hang, in milliseconds.',
  ),
  receipts: flag(true, 'Whether predictions carry a receipt of where their time went, and windows its percentiles.'),
} as const satisfies Record<string, Option<unknown>>;

/** Connections: where the hub listens, and the limits of one connection. */
const CONNECTIONS = {
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  port: integer(0, 65_535, 3000, 'Port to listen on; 0 takes a free one, which the log names.'),
  corsOrigin: list(
    'ORIGIN,...',
    (entries) => entries.every(isOrigin),
    'Web origins besides the hub’s own that may use it (REST, polling and WebSocket); * for all.',
  ),
  allowedHosts: list(
    'HOST,...',
    (entries) => entries.every(isHost),
    'Names besides localhost and addresses by which an open hub on loopback may be called, such as that of a proxy before it; * for any. Given, they bind every hub.',
  ),
  maxInFlightRows: integer(1, 1_048_576, 1024, 'Most rows one connection may have unanswered: its credit.'),
  maxFrameBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'Largest message or body; a larger message ends its connection, which is told so.',
  ),
  maxJsonBytes: integer(
    256,
    256 * MIB,
    65_536,
    'Largest JSON text of one Socket.IO event; a larger predict is answered TOO_LARGE.',
  ),
  maxAttachments: integer(
    1,
    1024,
    64,
    'Most binary attachments of one event, such as input tensors; one with more is answered TOO_LARGE.',
  ),
  maxOutboxBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'With so many bytes unread, no further request of a connection is read; it is cut when it goes on reading next to nothing.',
  ),
  doors: list(
    'NAME,...',
    areNames,
    'Ways in beside REST and Socket.IO, each a package: NAME is that of @tickcast/NAME.',
  ),
  resumeMs: integer(
    0,
    600_000,
    10_000,
    'How long the requests of an SDK whose connection was lost are kept, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** Access: who may use the hub. */
const ACCESS = {
  tokenFile: text(
    'FILE',
    '',
    'Who may come in, and what for: a file of tokens with scopes, read again when it changes. Empty: see open.',
  ),
  open: flag(
    false,
    'Lets everybody in. Without this and without a token file a hub is open on loopback; elsewhere it makes a token for the run.',
  ),
  openMetrics: flag(false, 'Lets everybody read /metrics, as a Prometheus server without a token needs it.'),
} as const satisfies Record<string, Option<unknown>>;

/** Rate limits, and the operators' port. Limits by address require that the hub knows the client's own address. */
const LIMITS = {
  trustProxy: list(
    'HOPS | ADDRESS,...',
    isProxies,
    'Proxies whose X-Forwarded-For is believed: how many stand in a row before the hub, or their addresses, ranges, loopback, uniquelocal.',
  ),
  maxConnections: integer(
    1,
    1_000_000,
    25_000,
    'Most TCP connections open, and most of Socket.IO; further ones are closed or refused at once.',
  ),
  maxConnectionsPerAddress: integerOr(
    'auto',
    0,
    1_000_000,
    'Most Socket.IO connections of one address; 0 for no limit; auto: 1000 for addresses of the internet, none where a proxy may stand before others.',
  ),
  connectsPerSecond: integerOr(
    'auto',
    0,
    1_000_000,
    'Most Socket.IO connections that one address may make in a second; 0 for no limit; auto: 100, as above.',
  ),
  requestsPerSecond: integer(
    0,
    1_000_000,
    0,
    'Most requests a second of one client (a connection or session; of REST an address); 0 for no limit.',
  ),
  maxPrincipalRows: integer(
    1,
    1_048_576,
    8192,
    'Most rows that one principal (a token; without one an address) may have unanswered over all its connections.',
  ),
  adminHost: text('HOST', '127.0.0.1', 'Address of the port for operators.'),
  adminPort: integer(0, 65_535, 0, 'A port of its own for /metrics and probes; 0 leaves them on --port.'),
} as const satisfies Record<string, Option<unknown>>;

/** Streams and their viewers. */
const STREAMS = {
  broker: read(
    'memory | URL',
    'memory, or a URL such as redis://localhost:6379, whose scheme names a package',
    (given) => (given === 'memory' || /^[a-z][a-z0-9-]*:\/\/./.test(given) ? given : undefined),
    'memory',
    'Where streams are kept: memory, this hub alone; NAME://..., by the package @tickcast/NAME.',
  ),
  maxStreams: integer(1, 100_000, 100, 'Most streams at a time; a request that would make another is refused.'),
  maxStreamItems: integer(
    1,
    100_000,
    1000,
    'Predictions that a stream keeps, for history and for viewers that come back.',
  ),
  maxStreamBytes: integer(1024, 1024 * MIB, 2 * MIB, 'Most bytes of predictions that a stream keeps, about.'),
  streamIdleMs: integer(
    1000,
    86_400_000,
    600_000,
    'A stream that nobody publishes to or views for so long is forgotten, in milliseconds.',
  ),
  maxSubscriptions: integer(1, 1000, 16, 'Most subscriptions of one connection.'),
  maxViewerBytes: integer(
    1024,
    256 * MIB,
    256 * 1024,
    'Unread bytes above which a viewer is sent nothing more until it reads; then it gets the newest.',
  ),
  slowViewerMs: integer(
    10,
    600_000,
    10_000,
    'How long a viewer may stay above maxViewerBytes before its subscription is ended, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** The prediction log: one line per prediction, in files. */
const PREDICTION_LOG = {
  predictionLog: oneOf(
    ['off', 'sampled', 'all'],
    'off',
    'Whether predictions are logged, one JSON line a row: none, some of them, or all.',
  ),
  predictionLogFolder: text('FOLDER', './predictions', 'Where its files are; made where only it is missing.'),
  predictionLogSampleRate: integer(1, 1_000_000, 100, 'With sampled: one row in so many is logged.'),
  predictionLogInput: oneOf(
    ['none', 'hash', 'plain'],
    'plain',
    'What a line holds of the input: nothing, its SHA-256, or its beginning as it came.',
  ),
  predictionLogMaxInputChars: integer(1, 10_000, 500, 'Most characters of a text in a line.'),
  predictionLogMaxInputValues: integer(1, 10_000, 16, 'Most numbers of the input tensors in a line.'),
  predictionLogMaxFileBytes: integer(
    64 * 1024,
    64 * 1024 * MIB,
    64 * MIB,
    'A file takes no more bytes; then the next begins.',
  ),
  predictionLogRotateMs: integer(
    1000,
    2_592_000_000,
    86_400_000,
    'A file takes lines for so long; then the next begins, in milliseconds.',
  ),
  predictionLogKeepFiles: integer(
    1,
    10_000,
    20,
    'Files of the log that stay in the folder, of all hubs that share it; older ones are removed.',
  ),
  predictionLogMaxQueueRows: integer(
    1,
    1_048_576,
    16_384,
    'Most rows that wait to be written; more are dropped and counted.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** Running: shutdown and the process log. */
const RUNNING = {
  taps: list(
    'NAME,...',
    areNames,
    'Observers beside logs and metrics, each a package: NAME is that of @tickcast/NAME.',
  ),
  graceMs: integer(0, 600_000, 10_000, 'How long a shutdown waits for what was accepted, in milliseconds.'),
  drainDelayMs: integer(0, 600_000, 0, 'How long a shutdown goes on serving after /readyz says 503, in milliseconds.'),
  logLevel: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Least severe level that is logged.',
  ),
  logFormat: oneOf(['auto', 'json', 'pretty'], 'auto', 'Form of log lines; auto is pretty on a terminal, else JSON.'),
} as const satisfies Record<string, Option<unknown>>;

/** In the order of the docs and `--help`. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  { title: 'Models and engine', options: MODELS },
  { title: 'Connections', options: CONNECTIONS },
  { title: 'Access', options: ACCESS },
  { title: 'Limits and operators', options: LIMITS },
  { title: 'Streams', options: STREAMS },
  { title: 'Prediction log', options: PREDICTION_LOG },
  { title: 'Running', options: RUNNING },
];

export const OPTIONS = {
  ...MODELS,
  ...CONNECTIONS,
  ...ACCESS,
  ...LIMITS,
  ...STREAMS,
  ...PREDICTION_LOG,
  ...RUNNING,
} as const;
