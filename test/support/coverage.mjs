/**
 * Lists the files of dist/ whose functions were entered, per thread. Loaded by `--import`, it also counts in each
 * worker, which replies on a channel.
 */

import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

const DIST = new URL('../../dist/', import.meta.url).href;
const CHANNEL = 'coverage';

const session = new Session();
const channel = new BroadcastChannel(CHANNEL);
channel.unref();

function post(method, params) {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/** Starts counting in this thread. */
export async function start() {
  session.connect();
  await post('Profiler.enable');
  await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
}

/** Files entered in this thread since the last call. */
async function take() {
  const { result } = await post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url, functions }) => url.startsWith(DIST) && functions.some(({ ranges: [all] }) => all.count > 0))
    .map(({ url }) => url.slice(DIST.length));
}

/** The same for this thread and its only worker. */
export async function takeAll() {
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
  });
  const own = await take();
  channel.postMessage('take');
  return [...new Set([...own, ...(await answer)])];
}

if (!isMainThread) {
  await start();
  channel.onmessage = async ({ data }) => {
    if (data === 'take') channel.postMessage(await take());
  };
}
