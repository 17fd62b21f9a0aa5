/**
 * Examines what a start needs: token file, models, packages, ports, the folder of the prediction log. Reports all that
 * is wrong at once. Starts nothing that outlives it, and creates no file.
 */

import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { WorkerEngine } from '../engine/worker-engine.js';
import { ModelRegistry } from '../models/registry.js';
import { findModels } from '../models/repository.js';
import { createLogger } from '../process-log.js';
import { Adapters } from './adapters.js';
import { loadModels } from './model-loading.js';
import { modelPlace } from './model-place.js';
import { portProblems } from './ports.js';
import { loadRedaction } from './seams/redaction.js';
import { systemClock } from './system-clock.js';

/** Each a line for people. */
export interface CheckReport {
  /** What would keep a hub from starting, or a model from being served. */
  readonly problems: string[];
  readonly warnings: string[];
  /** What is good. */
  readonly findings: string[];
}

const ENGINE_CLOSE_MS = 2000;

/** @param invalid options whose value is invalid: what they say is not examined. */
export async function checkHub(config: Config, invalid: ReadonlySet<string> = new Set()): Promise<CheckReport> {
  const report: CheckReport = { problems: [], warnings: [], findings: [] };
  if (!invalid.has('tokenFile')) await checkTokens(config.tokenFile, report);
  const redaction = await loadRedaction(config.redaction);
  if (!redaction.ok) report.problems.push(redaction.problem);
  const adapters = new Adapters({ log: createLogger('silent'), env: process.env });
  report.problems.push(...adapters.missing(config));
  if (!invalid.has('model')) await checkModels(config, adapters, report);
  if (config.predictionLog !== 'off') await checkLogFolder(config.predictionLogFolder, report);
  if (['host', 'port', 'adminHost', 'adminPort'].some((name) => invalid.has(name))) return report;
  const ports = await portProblems(config);
  report.problems.push(...ports);
  if (ports.length === 0) report.findings.push(`port: ${config.host}:${config.port} can be listened on`);
  return report;
}

async function checkTokens(path: string, { problems, findings }: CheckReport): Promise<void> {
  if (path === '') return;
  const { readTokenFile } = await import('../access/token-watch.js');
  const read = await readTokenFile(path);
  if (!read.ok) problems.push(`--token-file: ${read.problem}`);
  else findings.push(`token file: ${read.file.keys.length} keys${read.file.jwt === undefined ? '' : ', and JWTs'}`);
}

async function checkModels(config: Config, adapters: Adapters, report: CheckReport): Promise<void> {
  const { problems, warnings, findings } = report;
  const place = await modelPlace(config.model);
  const found = await findModels(place.path);
  if (!found.ok) return void problems.push(`--model: ${found.problem}`);
  const runtimes = await adapters.runtimes(found.models);
  if (!runtimes.ok) return void problems.push(runtimes.problem);
  const { modules, missing } = runtimes.value;
  const engine = new WorkerEngine({
    threads: 1,
    backend: config.engine,
    graphCapture: config.graphCapture,
    graphCache: config.graphCache || undefined,
    clock: systemClock,
    runtimeModules: modules,
  });
  try {
    const running = await engine.start();
    if (!running.ok) return void problems.push(running.problem);
    const { maxTextLength, maxBatchMs, defaultModel } = config;
    const models = new ModelRegistry({
      engine,
      clock: systemClock,
      defaultModel: defaultModel || undefined,
      maxTextLength,
      maxBatchMs,
    });
    const refused = await loadModels(found, missing, models, config, {
      loading: () => () => undefined,
      ready(folder, { report: { engine: name }, model: { spec }, warnings: some }) {
        findings.push(
          `model: ${folder.ref} on ${name}, in ${folder.folder}, ${folder.named}${spec.labels === undefined ? '' : `; labels ${spec.labels.join(', ')}`}`,
        );
        warnings.push(...some);
      },
      broken: (_, problem) => problems.push(problem),
      leftOut: (path, why) => warnings.push(`left out: ${path}: ${why}`),
    });
    if (refused !== undefined) problems.push(refused);
  } finally {
    await engine.close(ENGINE_CLOSE_MS);
  }
}

/** The folder is made at the start, if its parent is there. */
async function checkLogFolder(folder: string, { problems }: CheckReport): Promise<void> {
  const path = resolve(folder);
  const kind = async (at: string): Promise<'folder' | 'file' | 'none'> =>
    stat(at).then(
      (stats) => (stats.isDirectory() ? 'folder' : 'file'),
      () => 'none',
    );
  const own = await kind(path);
  if (own === 'file') problems.push(`--prediction-log-folder: ${path} is no folder`);
  if (own === 'none' && (await kind(dirname(path))) !== 'folder')
    problems.push(`--prediction-log-folder: ${path} cannot be made: there is no folder ${dirname(path)}`);
}
