/** The public interface of the hub as a library, for programs that embed it and for adapters. See docs/embedding.md. */

export type { BatchSpecs, BatchViews } from '../shared/batch-layout.js';
export type { FeaturiserConfig } from '../shared/text/featuriser.js';
export type { AdapterContext, AdapterEngine, AdapterModule } from './app/adapters.js';
export { App, type AppState, type StartOutcome } from './app/app.js';
export { type DoorServer, type DoorServerParts, openDoorServer } from './app/door-server.js';
export type { AppExtras } from './app/seams/extras.js';
export { systemClock } from './app/system-clock.js';
export { type Config, configWith, readConfig } from './config/config.js';
export { version } from './config/version.js';
export type { Access, AccessDecision, Allows, Grant, Quota, Reach, Rights, Scope } from './contracts/access.js';
export type { Broker, BrokerParts, CastItem, StreamLog, StreamReader } from './contracts/broker.js';
export type { Clock, Timer } from './contracts/clock.js';
export type { Door, DoorParts, ModelCatalogue } from './contracts/door.js';
export type { BatchOutcome, Engine, EngineModel, PackedBatch } from './contracts/engine.js';
export type { EngineEvent } from './contracts/engine-events.js';
export type { HubPort, OriginOptions, Outline, RequestOrigin } from './contracts/hub.js';
export type { ModelDirectory, ModelSpec, ReadyModel, WarmUp } from './contracts/model.js';
export type { DeclaredInput, LoadOutcome, LoadReport, ModelLoader, ModelSource } from './contracts/model-loader.js';
export type { Outcome, Predicted, Settle } from './contracts/outcome.js';
export type {
  FilesReading,
  ModelSession,
  Runtime,
  RuntimeMemory,
  RuntimeModule,
  SessionDescription,
  SessionOpening,
  SessionSource,
} from './contracts/runtime.js';
export type { StreamEvent } from './contracts/stream-events.js';
export type {
  CastPrediction,
  CastSource,
  CastTarget,
  SharedEvent,
  StreamPublisher,
  StreamSubscriptions,
  ViewerSink,
} from './contracts/streams.js';
export type {
  EndedBatch,
  HubState,
  ObservedOrigin,
  ObservedRequest,
  RefusedRequest,
  Tap,
  Via,
} from './contracts/tap.js';
export type { CutKind, TransportEvent, TransportListener } from './contracts/transport-events.js';
export { type DrainReport, Hub, type HubOptions, type HubParts, type Verdict } from './core/hub.js';
export type { HubStats } from './core/requests/hub-stats.js';
export type { Origin, Pending } from './core/requests/request.js';
export type { SchedulerOptions } from './core/scheduler.js';
export { Taps } from './core/taps.js';
export type { BackendChoice } from './engine/backend/names.js';
export { WorkerEngine, type WorkerEngineOptions } from './engine/worker-engine.js';
export { ModelRegistry, type ModelRegistryOptions } from './models/registry.js';
export { findModels, type ModelFolder } from './models/repository.js';
export type { Logger } from './observe/log/logger.js';
export { createLogger } from './process-log.js';
export { makeItem } from './streams/cast-item.js';
export { ItemRing } from './streams/item-ring.js';
export { MemoryBroker } from './streams/memory-broker.js';
export { Authorization } from './transports/authorization.js';
export { sendError } from './transports/http/http.js';
export type { HttpDoor, HttpPlace } from './transports/http-place.js';
export { principalKey, principalOf } from './transports/principal-key.js';
