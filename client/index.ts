/** The public interface of `@tickcast/client`. */

export { ERRORS, type ErrorCode, type ErrorKind, type WireError } from '../shared/errors.js';
export type { HubLimits } from '../shared/limits.js';
export type {
  BinaryTensor,
  Goaway,
  Hello,
  ModelDescription,
  NestedNumbers,
  PredictInput,
  Prediction,
  PredictionValue,
  ReceiptParts,
  RequestId,
  TensorInput,
  Timing,
  WordWeight,
} from '../shared/protocol.js';
export { PROTOCOL_VERSION } from '../shared/protocol.js';
export type {
  AggregateFrame,
  HubStatus,
  SampleItem,
  StreamDescription,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
  StreamWindow,
} from '../shared/stream-protocol.js';
export type { DType, InputSpec, TensorSpec, TextSpec } from '../shared/tensor.js';
export type { ClientEvents, TickcastClient } from './client.js';
export { connect } from './connect.js';
export type { ConnectionState, StateChange } from './connection/connection.js';
export type { Unreachable } from './connection/unreachable.js';
export { isTickcastError, TickcastError } from './error.js';
export { type HttpOptions, predictOverHttp } from './http.js';
export type { AnswerOf, AnyModels, InputOf, ModelMap, ModelReference, ModelTypes } from './models.js';
export type { ClientOptions, PredictOptions, ReadyOptions, TransportName } from './options.js';
export type { ClientPrediction, ClientTiming } from './requests/prediction.js';
export type { PredictResult } from './requests/request.js';
export type {
  Freshness,
  Skipped,
  StreamValue,
  SubscribeOptions,
  Subscription,
  SubscriptionChange,
  SubscriptionEvents,
  SubscriptionState,
  SubscriptionStats,
} from './streams/types.js';
export type { TokenSource } from './token.js';
