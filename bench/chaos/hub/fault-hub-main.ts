/** A hub whose models may use the runtime `fault`, which no command line offers. Otherwise the process is minimal. */

import { argv, env } from 'node:process';
import { App, createLogger, readConfig } from '../../../server/index.js';
import { faultRuntimeModule } from '../../../server/testing/index.js';

const outcome = readConfig(argv.slice(2), env);
if (outcome.kind !== 'config') throw new Error(outcome.kind === 'problem' ? outcome.message : 'expected options');
const log = createLogger(outcome.config.logLevel, 'json');
const started = await App.start(outcome.config, log, { runtimeModules: [faultRuntimeModule] });
if (!started.ok) throw new Error(started.problem);
process.on('SIGTERM', () => {
  void started.app.drain().then(() => process.exit(0));
});
