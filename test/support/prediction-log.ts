/** The prediction log over a hub and files in memory; its thread runs on demand. */

import type { ReadyModel } from '../../server/contracts/model.js';
import type { HubOptions } from '../../server/core/hub.js';
import { LogWriter } from '../../server/observe/prediction-log/log-writer.js';
import type { RowLayout, ToLogWorker } from '../../server/observe/prediction-log/messages.js';
import { PredictionLog, type PredictionLogParts } from '../../server/observe/prediction-log/prediction-log.js';
import { makeHub, makeModel, type TestHub } from './core.js';
import { MemoryFiles } from './log-files.js';

const PLAIN: RowLayout = { input: 'plain', maxInputChars: 20, maxInputValues: 4 };
const WALL_START = Date.UTC(2026, 10, 25, 20);

interface LogThread {
  readonly posts: ToLogWorker[];
  /** Handles the oldest post. */
  work(): void;
  /** Ends it, whatever the cause. */
  die(reason?: string): void;
  /** It was terminated. */
  readonly isTerminated: boolean;
}

export interface LogStage {
  readonly hub: TestHub;
  readonly log: PredictionLog;
  readonly files: MemoryFiles;
  /** Threads started, the newest first. */
  readonly threads: LogThread[];
  /** The log's own messages: the level, then the text. */
  readonly said: string[];
  /** Sends requests and runs their batches. */
  predict(inputs: readonly unknown[], fields?: Parameters<TestHub['send']>[1]): Promise<void>;
  /** The thread handles everything posted. */
  work(): void;
  /** The lines in the files. */
  lines(): Record<string, unknown>[];
}

interface StageOptions {
  readonly parts?: Partial<PredictionLogParts>;
  readonly hub?: Partial<HubOptions>;
  readonly models?: readonly ReadyModel[];
  readonly isStarted?: boolean;
}

export async function stageLog({ parts = {}, hub: options, models, isStarted = true }: StageOptions = {}) {
  const layout = parts.layout ?? PLAIN;
  const hub = makeHub(
    { maxQueueRows: 4096, maxInFlightRows: 4096, keepInputs: layout.input !== 'none', ...options },
    models ?? [makeModel()],
  );
  const files = new MemoryFiles();
  const threads: LogThread[] = [];
  const said: string[] = [];
  const say = (level: string) => (_counts: unknown, message: string) => said.push(`${level}: ${message}`);
  const log = new PredictionLog({
    spawn: (listener) => {
      const settings = {
        folder: '/log',
        maxFileBytes: 1 << 20,
        rotateMs: 1e6,
        keepFiles: 10,
        keepMs: undefined,
        oneIn: parts.oneIn ?? 1,
        layout,
      };
      const mark = `20261125T200000000Z-${threads.length + 1}`;
      const writer = new LogWriter(settings, { files, now: () => hub.clock.now(), mark });
      const posts: ToLogWorker[] = [];
      const thread = {
        posts,
        isTerminated: false,
        work: () => {
          const post = posts.shift();
          if (post?.type === 'rows') listener.message(writer.write(post));
          else if (post?.type === 'close') {
            writer.close();
            listener.exit('it exited with code 0');
          }
        },
        die: (reason = 'the test ended it') => {
          posts.length = 0;
          listener.exit(reason);
        },
      };
      threads.unshift(thread);
      if (isStarted) queueMicrotask(() => listener.message({ type: 'hello' }));
      return {
        post: (message) => posts.push(message),
        terminate: () => {
          thread.isTerminated = true;
        },
      };
    },
    clock: hub.clock,
    wallNow: () => WALL_START + hub.clock.now(),
    // Two of a logger's methods; the log uses no others.
    log: { warn: say('warn'), info: say('info') } as unknown as PredictionLogParts['log'],
    oneIn: 1,
    maxQueueRows: 1000,
    layout,
    ...parts,
  });
  if (isStarted) await log.start();
  hub.hub.tap(log);
  const stage: LogStage = {
    hub,
    log,
    files,
    threads,
    said,
    predict: async (inputs, fields) => {
      for (const input of inputs) hub.send(input, fields);
      hub.clock.turn();
      while (hub.engine.running > 0) {
        await hub.engine.finish();
        hub.clock.turn();
      }
    },
    work: () => {
      while ((threads[0]?.posts.length ?? 0) > 0) threads[0]?.work();
    },
    lines: () => files.lines.map((line) => JSON.parse(line)),
  };
  return stage;
}
