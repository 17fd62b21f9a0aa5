/** The protocol: what a client in another runtime, or a test, needs to speak with a hub. */

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
  MAX_ID_LENGTH,
  MAX_TIMEOUT_MS,
  MODEL_NAME,
  MODEL_VERSION,
} from './limits.js';
export { type OutputModel, type OutputRows, readPrediction } from './output.js';
export {
  isModelReference,
  isRequestId,
  type Parsed,
  type ParsedPredict,
  type PredictEnvelope,
  parseCancel,
  parsePredict,
} from './parse.js';
export {
  type AnswerTo,
  type BinaryTensor,
  type ClientToServerEvents,
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
  type RequestId,
  type ServerToClientEvents,
  type TensorInput,
} from './protocol.js';
export { writeRow } from './row-writer.js';
export {
  type DType,
  elementCount,
  type InputSpec,
  type TensorArray,
  type TensorSpec,
  type TextSpec,
} from './tensor.js';
