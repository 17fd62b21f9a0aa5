/**
 * Every option of the hub, in groups. Flags, environment, `--help`, docs and the typed config are derived from this
 * table.
 */

import { flag, integer, integerOr, list, MIB, type Option, oneOf, read, text } from '../../command-line/option.js';
import type { OptionGroup } from '../../command-line/program.js';
import { ADAPTER_NAME } from '../../shared/limits.js';
import { isProxies } from '../transports/client-address.js';
import { isHost } from '../transports/host-policy.js';
import { problemOfOrigin } from '../transports/origin.js';

const areNames = (entries: readonly string[]): boolean => entries.every((entry) => ADAPTER_NAME.test(entry));

/** Models, engine and batches. */
const MODELS = {
  model: text(
    'PATH',
    '',
    'A model.json, an .onnx file, a version folder, a model folder, or a repository of <name>/<version>/. Empty: ./model, and where that is not there the sentiment model of this package.',
  ),
  defaultModel: text(
    'NAME',
    '',
    'The model that answers requests without a model. Empty: the bare model, else the only one.',
  ),
  engine: oneOf(
    ['auto', 'native', 'wasm', 'cpu'],
    'auto',
    'The engine’s backend: auto takes native if it is installed, else wasm.',
  ),
  graphCapture: flag(
    true,
    'On the native engine: run each model as one captured TensorFlow graph instead of op by op, several times as fast. Checked against the model when it is loaded; one that differs is run op by op, and the log says why.',
  ),
  graphCache: text(
    'FOLDER',
    '',
    'Where captured graphs are kept for the next start, by the content of their models; at most 32. Empty: nowhere.',
  ),
  engineThreads: integer(1, 64, 1, 'Engine threads, each with all models: the number of batches that run at a time.'),
  maxEngineBytes: integer(
    0,
    1024 * 1024 * MIB,
    0,
    'Resident memory of the process, apart from the heap of its main thread, above which the engine threads are replaced one after the other, without a lost request: what a library leaks goes with its thread. Both are in memory meanwhile. 0: never.',
  ),
  tickMs: integer(0, 1000, 0, 'How long an idle engine waits for more rows, in milliseconds. 0: not at all.'),
  maxBatchMs: integer(1, 60_000, 50, 'Target duration of a batch by its measured cost, in milliseconds.'),
  maxBatchRows: integer(1, 1_048_576, 4096, 'Maximum rows per batch, whatever their cost.'),
  maxQueueRows: integer(
    1,
    1_048_576,
    8192,
    'Maximum rows waiting for one model; requests beyond it are refused with OVERLOADED.',
  ),
  maxArenaBytes: integer(
    1024,
    64 * 1024 * MIB,
    256 * MIB,
    'Maximum bytes of tensor rows held for one model, waiting and running.',
  ),
  maxRequestRows: integer(1, 1_048_576, 1024, 'Maximum rows per request.'),
  maxTextLength: integer(
    1,
    10_000_000,
    10_000,
    'Maximum characters per text, unless the model’s manifest sets a lower limit.',
  ),
  watchdogMs: integer(
    50,
    600_000,
    2000,
    'A batch counts as hung after this time, or ten times its expected time if longer, in milliseconds.',
  ),
  receipts: flag(true, 'Whether predictions carry a receipt of where their time went, and windows its percentiles.'),
} as const satisfies Record<string, Option<unknown>>;

/** Connections: where the hub listens, and the limits of one connection. */
const CONNECTIONS = {
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  port: integer(0, 65_535, 3000, 'Port to listen on; 0 takes a free one, which is logged.'),
  corsOrigin: list(
    'ORIGIN,...',
    (entries) => entries.every((entry) => problemOfOrigin(entry) === undefined),
    'Web origins that may use the hub besides its own (REST, polling and WebSocket), as https://app.example, https://*.example.com, capacitor://localhost, null for pages without one; * for all.',
    problemOfOrigin,
  ),
  allowedHosts: list(
    'HOST,...',
    (entries) => entries.every(isHost),
    'Host names allowed on an open hub on loopback besides localhost and addresses, such as a proxy’s; * for any. If given, they apply to any hub.',
  ),
  maxInFlightRows: integer(1, 1_048_576, 1024, 'Maximum unanswered rows per connection: its credit.'),
  maxFrameBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'Maximum size of a message or body; a larger message closes its connection, with an explanation.',
  ),
  maxJsonBytes: integer(
    256,
    256 * MIB,
    65_536,
    'Maximum JSON size of a Socket.IO event; a larger predict is answered TOO_LARGE.',
  ),
  maxAttachments: integer(
    1,
    1024,
    64,
    'Maximum binary attachments per event, such as input tensors; an event with more is answered TOO_LARGE.',
  ),
  maxOutboxBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'Unread bytes above which no further request of a connection is read; it is cut if it keeps reading next to nothing.',
  ),
  doors: list(
    'NAME,...',
    areNames,
    'Doors in addition to REST and Socket.IO, each a package: NAME is that of @tickcast/NAME.',
  ),
  resumeMs: integer(
    0,
    600_000,
    10_000,
    'How long the requests of an SDK with a lost connection are kept, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** Access: who may use the hub. */
const ACCESS = {
  tokenFile: text('FILE', '', 'File of tokens with scopes, read again when it changes. Empty: see open.'),
  open: flag(
    false,
    'Gives everybody access. Without this and without a token file, a hub is open on loopback; elsewhere it creates a token for the run.',
  ),
  openMetrics: flag(false, 'Lets everybody read /metrics, for a Prometheus server without a token.'),
} as const satisfies Record<string, Option<unknown>>;

/** Rate limits, and the operators' port. Limits by address require that the hub knows the client's own address. */
const LIMITS = {
  trustProxy: list(
    'HOPS | ADDRESS,...',
    isProxies,
    'Proxies whose X-Forwarded-For is believed: how many are in a row in front of the hub, or their addresses, ranges, loopback, uniquelocal.',
  ),
  maxConnections: integer(
    1,
    1_000_000,
    25_000,
    'Maximum open TCP connections, and maximum Socket.IO connections; further ones are closed or refused immediately.',
  ),
  maxConnectionsPerAddress: integerOr(
    'auto',
    0,
    1_000_000,
    'Maximum Socket.IO connections per address; 0: no limit; auto: 1000 for public addresses, none where there may be a proxy in front of others.',
  ),
  connectsPerSecond: integerOr(
    'auto',
    0,
    1_000_000,
    'Maximum new Socket.IO connections per address and second; 0: no limit; auto: 100, as above.',
  ),
  requestsPerSecond: integer(
    0,
    1_000_000,
    0,
    'Maximum requests per second and client (a connection or session; over REST an address); 0: no limit.',
  ),
  maxPrincipalRows: integer(
    1,
    1_048_576,
    8192,
    'Maximum unanswered rows per principal (a token; without one, an address), over all its connections.',
  ),
  adminHost: text('HOST', '127.0.0.1', 'Address of the operators’ port.'),
  adminPort: integer(0, 65_535, 0, 'Separate port for /metrics and probes; 0 leaves them on --port.'),
} as const satisfies Record<string, Option<unknown>>;

/** Streams and their viewers. */
const STREAMS = {
  broker: read(
    'memory | URL',
    'memory, or a URL such as redis://localhost:6379, whose scheme names a package',
    (given) => (given === 'memory' || /^[a-z][a-z0-9-]*:\/\/./.test(given) ? given : undefined),
    'memory',
    'Where streams are kept: memory, in this hub only; NAME://..., by the package @tickcast/NAME.',
  ),
  maxStreams: integer(1, 100_000, 100, 'Maximum number of streams; a request that would create another is refused.'),
  maxStreamItems: integer(1, 100_000, 1000, 'Predictions retained per stream, for history and for returning viewers.'),
  maxStreamBytes: integer(
    1024,
    1024 * MIB,
    2 * MIB,
    'Maximum bytes of predictions retained per stream, approximately.',
  ),
  streamIdleMs: integer(
    1000,
    86_400_000,
    600_000,
    'A stream that nobody publishes to or views for this long is removed, in milliseconds.',
  ),
  maxSubscriptions: integer(1, 1000, 16, 'Maximum subscriptions per connection.'),
  maxViewerBytes: integer(
    1024,
    256 * MIB,
    256 * 1024,
    'Unread bytes above which a viewer is sent nothing until it reads; then it gets the newest items.',
  ),
  slowViewerMs: integer(
    10,
    600_000,
    10_000,
    'How long a viewer may stay above maxViewerBytes before its subscription ends, in milliseconds.',
  ),
  maxStreamAgeMs: integer(
    0,
    2_592_000_000,
    0,
    'Age beyond which a stream keeps no item, in milliseconds; 0: whatever their age.',
  ),
  textInStreams: oneOf(
    ['off', 'cut', 'full'],
    'cut',
    'What viewers of a stream get of a text: nothing, its first 2,000 characters, or all of it.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** The prediction log: one line per prediction, in files. */
const PREDICTION_LOG = {
  predictionLog: oneOf(
    ['off', 'sampled', 'all'],
    'off',
    'Which predictions are logged, one JSON line per row: none, a sample, or all.',
  ),
  predictionLogFolder: text('FOLDER', './predictions', 'Folder of its files; created if its parent exists.'),
  predictionLogSampleRate: integer(1, 1_000_000, 100, 'With sampled: one row in this many is logged.'),
  predictionLogInput: oneOf(
    ['none', 'hash', 'plain'],
    'plain',
    'What a line holds of the input: nothing, its SHA-256, or its beginning as received.',
  ),
  predictionLogMaxInputChars: integer(1, 10_000, 500, 'Maximum characters of a text per line.'),
  predictionLogMaxInputValues: integer(1, 10_000, 16, 'Maximum numbers of the input tensors per line.'),
  predictionLogMaxFileBytes: integer(
    64 * 1024,
    64 * 1024 * MIB,
    64 * MIB,
    'Maximum size of a file; then the next one starts.',
  ),
  predictionLogRotateMs: integer(
    1000,
    2_592_000_000,
    86_400_000,
    'Maximum age of a file in milliseconds; then the next one starts.',
  ),
  predictionLogKeepFiles: integer(
    1,
    10_000,
    20,
    'Files kept in the folder, of all hubs that share it; older ones are removed.',
  ),
  predictionLogKeepMs: integer(
    0,
    31_536_000_000,
    0,
    'Age beyond which no line is kept, in milliseconds; 0: files are removed by their number alone.',
  ),
  predictionLogMaxQueueRows: integer(
    1,
    1_048_576,
    16_384,
    'Maximum rows waiting to be written; the excess is dropped and counted.',
  ),
} as const satisfies Record<string, Option<unknown>>;

/** Running: shutdown and the process log. */
const RUNNING = {
  redaction: text(
    'MODULE',
    '',
    'Module that changes each text before it is logged or shown to viewers: a file or a package; see docs/data/privacy.md.',
  ),
  taps: list(
    'NAME,...',
    areNames,
    'Taps in addition to logs and metrics, each a package: NAME is that of @tickcast/NAME.',
  ),
  graceMs: integer(0, 600_000, 10_000, 'How long a shutdown waits for accepted requests, in milliseconds.'),
  drainDelayMs: integer(0, 600_000, 0, 'How long a shutdown keeps serving after /readyz returns 503, in milliseconds.'),
  logLevel: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Lowest level that is logged.',
  ),
  logFormat: oneOf(['auto', 'json', 'pretty'], 'auto', 'Format of log lines; auto is pretty on a terminal, else JSON.'),
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
