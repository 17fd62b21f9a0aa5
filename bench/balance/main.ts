/** Entry of `npm run balance`: three hubs behind nginx under load, through restarts, kills and reloads. */

import { runBench } from '../harness/bench.js';
import { freePort } from '../harness/free-port.js';
import { writeMlp } from '../servers/mlp-files.js';
import { readTries } from './access-log.js';
import { BalancedHub } from './hub.js';
import { Nginx, nginxLack, nginxVersion } from './nginx.js';
import { formOf, OPTIONS } from './options.js';
import { sceneText } from './report.js';
import { HUBS, playScene, type SceneFigures } from './scenes.js';
import { mostOfRoll, targetsOf } from './targets.js';

const BALANCE = {
  name: 'balance',
  intro: `Three hubs behind nginx, as deploy/nginx has it, under load: rolling restarts, all hubs replaced by others, hubs that are killed,
reloads of nginx. Exit code 1 when a target is missed. The short form takes under a minute: one rolling restart, one kill, and it does
not wait for nginx's old workers to end.`,
  fails: 'always',
  lack: nginxLack,
  options: OPTIONS,
  outro: 'NGINX names the program, where it is not /usr/sbin/nginx.',
} as const;

await runBench(BALANCE, async (given, { say, folder }) => {
  const form = formOf(given.quick);
  const options = { ...given, ...form };
  const { drainDelayMs, graceMs } = form;
  const setting = { model: await writeMlp(folder), drainDelayMs, graceMs };
  const hubs = await Promise.all(Array.from({ length: HUBS }, () => BalancedHub.start(setting)));
  const ports = hubs.map(({ port }) => port);
  const nginx = await Nginx.start(await freePort(), ports);
  const version = nginxVersion();
  say(`nginx ${version} before ${HUBS} hubs, ${options.clients} callers of each kind`);

  const scenes: SceneFigures[] = [];
  for (const name of options.only) scenes.push(await playScene(name, { nginx, hubs, options, progress: say }));
  const tries = readTries(nginx.accessLines());
  await nginx.end();
  await Promise.all(hubs.slice(-HUBS).map((hub) => hub.kill()));

  const hubOf = (socket: string): number | undefined => {
    const at = hubs.findIndex((hub) => hub.had(socket));
    return at < 0 ? undefined : at;
  };
  const rolling = scenes.find(({ name }) => name === 'rolling restart');
  const mostPerRoll = rolling === undefined ? 0 : mostOfRoll(rolling, HUBS);
  const notes = `Not judged: most connections that one client lost in a rolling restart of all ${HUBS} hubs: ${mostPerRoll}.
Requests of polling connections that found their hub at once: ${tries.atOnce} of ${tries.polls}.`;
  return {
    tables: [...scenes.map(sceneText), notes],
    targets: targetsOf(scenes, hubOf, tries.linesWithQuery),
    figures: { nginx: version, form, mostPerRoll, tries, scenes },
  };
});
