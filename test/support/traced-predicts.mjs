/**
 * A hub and a client in one process, and the files of dist/ that each of a few texts enters on its way to its
 * prediction and back. Reports to the parent.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { start, takeAll } from './coverage.mjs';

const PREDICTS = 6;
/** Nothing of one is left when the next begins. */
const PAUSE_MS = 300;

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { App } = await dist('server/app/app.js');
const { configWith } = await dist('server/config/config.js');
const { connect } = await dist('client/index.js');

const model = fileURLToPath(new URL('../../model', import.meta.url));
const started = await App.start(configWith({ port: 0, engine: 'wasm', model }), pino({ level: 'silent' }));
if (!started.ok) throw new Error(started.problem);
const client = connect(started.app.url, { transports: ['websocket'] });
await client.predict('warm');

await start();
const traces = [];
for (let i = 0; i < PREDICTS; i++) {
  await pause(PAUSE_MS);
  await takeAll();
  await client.predict(`not bad ${i}`);
  traces.push(await takeAll());
}
process.send(traces);
client.close();
await started.app.close();
