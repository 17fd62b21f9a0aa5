/** Sets up the prediction log from the options. */

import type { Config } from '../config/config.js';
import type { Logger } from '../observe/log/logger.js';
import { prepareLogFolder } from '../observe/prediction-log/log-folder.js';
import type { FromLogWorker, LogWorkerSettings, RowLayout, ToLogWorker } from '../observe/prediction-log/messages.js';
import { PredictionLog } from '../observe/prediction-log/prediction-log.js';
import { type SpawnWorker, spawnWorker } from '../threads/worker-port.js';
import { systemClock } from './system-clock.js';

export type LogStart =
  /** Undefined: predictions are not logged. */
  | { readonly ok: true; readonly predictionLog: PredictionLog | undefined }
  | { readonly ok: false; readonly problem: string };

/** Whether requests must keep their inputs until they are settled. */
export function keepsInputs({ predictionLog, predictionLogInput }: Config): boolean {
  return predictionLog !== 'off' && predictionLogInput !== 'none';
}

export async function startPredictionLog(config: Config, log: Logger): Promise<LogStart> {
  if (config.predictionLog === 'off') return { ok: true, predictionLog: undefined };
  const folder = config.predictionLogFolder;
  const unusable = await prepareLogFolder(folder);
  if (unusable !== undefined) return { ok: false, problem: `--prediction-log-folder: ${unusable}` };
  const layout: RowLayout = {
    input: config.predictionLogInput,
    maxInputChars: config.predictionLogMaxInputChars,
    maxInputValues: config.predictionLogMaxInputValues,
  };
  const oneIn = config.predictionLog === 'sampled' ? config.predictionLogSampleRate : 1;
  const spawn = spawnLog({
    folder,
    maxFileBytes: config.predictionLogMaxFileBytes,
    rotateMs: config.predictionLogRotateMs,
    keepFiles: config.predictionLogKeepFiles,
    keepMs: config.predictionLogKeepMs || undefined,
    oneIn,
    layout,
  });
  const predictionLog = new PredictionLog({
    spawn,
    clock: systemClock,
    wallNow: Date.now,
    log,
    layout,
    oneIn,
    maxQueueRows: config.predictionLogMaxQueueRows,
  });
  const problem = await predictionLog.start();
  if (problem !== undefined) return { ok: false, problem: `--prediction-log: ${problem}` };
  return { ok: true, predictionLog };
}

function spawnLog(settings: LogWorkerSettings): SpawnWorker<FromLogWorker, ToLogWorker> {
  return spawnWorker(new URL('../observe/prediction-log/worker.js', import.meta.url), 'tickcast-log', settings);
}
