/** The public interface of `@tickcast/client/react`: hooks for predictions and streams. */
'use client';

export { type PredictState, usePredict } from './use-predict.js';
export { type StreamView, type UseStreamOptions, useStream } from './use-stream.js';
export { type Tickcast, useTickcast } from './use-tickcast.js';
