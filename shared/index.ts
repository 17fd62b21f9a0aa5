/** The protocol: types, parsers and limits for clients in other runtimes and for tests. */

export { ERRORS, type ErrorCode, type ErrorKind, isErrorCode, type WireError, wireError } from './errors.js';
export {
  type InputLimits,
  type InputModel,
  type InputPart,
  type MeasuredInput,
  measureInput,
} from './input.js';
export {
  DEFAULT_TIMEOUT_MS,
  type HubLimits,
  MAX_CAST_TEXT,
  MAX_FRAME_ITEMS,
  MAX_FRAME_RATE,
  MAX_HISTORY,
  MAX_ID_LENGTH,
  MAX_KEY_LENGTH,
  MAX_TIMEOUT_MS,
  MAX_WINDOW_MS,
  MIN_FRAME_RATE,
  MODEL_NAME,
  MODEL_VERSION,
  STREAM_NAME,
  WINDOW_STEP_MS,
} from './limits.js';
export { bestOf, LabelScores, type OutputModel, type OutputRows, readPrediction } from './output.js';
export {
  isModelReference,
  isRequestId,
  type Parsed,
  type ParsedPredict,
  type PredictEnvelope,
  parseCancel,
  parsePredict,
} from './parse.js';
export { parsePace, parseSubscribe, parseUnsubscribe, parseWatch, type SubscribePlan } from './parse-stream.js';
export type { ClientToServerEvents, ServerToClientEvents } from './protocol/events.js';
export {
  CAPABILITIES,
  commonProtocol,
  mismatchText,
  PROTOCOLS,
  type ProtocolRange,
  protocolsOf,
} from './protocol/versions.js';
export {
  type AnswerTo,
  type BinaryTensor,
  type Goaway,
  type HandshakeAuth,
  type Hello,
  type ModelDescription,
  type NestedNumbers,
  PROTOCOL_VERSION,
  type PredictAck,
  type PredictInput,
  type Prediction,
  type PredictionErrorEvent,
  type PredictionEvent,
  type PredictionValue,
  type PredictRequest,
  type ReceiptParts,
  type Reply,
  type RequestId,
  type TensorInput,
  type Timing,
  type WordWeight,
} from './protocol.js';
export { writeRow } from './row-writer.js';
export type {
  AggregateFrame,
  CastFrame,
  HubStatus,
  PaceRequest,
  SampleItem,
  StreamDescription,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
  StreamWindow,
  Subscribed,
  SubscribeRequest,
  Unsubscribed,
} from './stream-protocol.js';
export {
  type DType,
  elementCount,
  type InputSpec,
  type TensorArray,
  type TensorSpec,
  type TextSpec,
} from './tensor.js';
