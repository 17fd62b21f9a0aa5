/** Entry of `npm run balance`: three hubs behind nginx under load, through restarts, kills and reloads; table, JSON, exit code. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../harness/free-port.js';
import { describeMachine } from '../harness/machine.js';
import { writeMlp } from '../servers/mlp-files.js';
import { readTries } from './access-log.js';
import { BalancedHub } from './hub.js';
import { Nginx, nginxLack, nginxVersion } from './nginx.js';
import { type BalanceOptions, parseBalanceOptions } from './options.js';
import { sceneText, targetText } from './report.js';
import { HUBS, playScene, type SceneFigures } from './scenes.js';
import { mostOfRoll, targetsOf } from './targets.js';

const RESULT_FILE = fileURLToPath(new URL('./result.json', import.meta.url));

// Exiting ends hubs and nginx.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const parsing = parseBalanceOptions(argv.slice(2));
if (parsing.kind === 'help') process.stdout.write(parsing.text);
else if (parsing.kind === 'problem') fail(parsing.problem);
else {
  await run(parsing.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  // Whatever a client has left open.
  process.exit();
}

async function run(options: BalanceOptions): Promise<void> {
  const lack = nginxLack();
  if (lack !== undefined) throw new Error(lack);
  const root = mkdtempSync(join(tmpdir(), 'tickcast-balance-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const { out = RESULT_FILE, ...form } = options;
  const { drainDelayMs, graceMs } = form;
  const setting = { model: await writeMlp(root), drainDelayMs, graceMs };
  const hubs = await Promise.all(Array.from({ length: HUBS }, () => BalancedHub.start(setting)));
  const ports = hubs.map(({ port }) => port);
  const nginx = await Nginx.start(await freePort(), ports);
  const version = nginxVersion();
  console.log(`nginx ${version} before ${HUBS} hubs, ${options.clients} callers of each kind`);

  const scenes: SceneFigures[] = [];
  for (const name of options.only) {
    const scene = await playScene(name, { nginx, hubs, options, progress: (line) => console.log(`  ${line}`) });
    scenes.push(scene);
    console.log(`\n${sceneText(scene)}\n`);
  }
  const tries = readTries(nginx.accessLines());
  await nginx.end();
  await Promise.all(hubs.slice(-HUBS).map((hub) => hub.kill()));

  const hubOf = (socket: string): number | undefined => {
    const at = hubs.findIndex((hub) => hub.had(socket));
    return at < 0 ? undefined : at;
  };
  const targets = targetsOf(scenes, hubOf, tries.linesWithQuery);
  const rolling = scenes.find(({ name }) => name === 'rolling restart');
  const mostPerRoll = rolling === undefined ? 0 : mostOfRoll(rolling, HUBS);
  console.log(
    `Not judged: most connections that one client lost in a rolling restart of all ${HUBS} hubs: ${mostPerRoll}.`,
  );
  console.log(`Requests of polling connections that found their hub at once: ${tries.atOnce} of ${tries.polls}.\n`);
  console.log(targetText(targets));
  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    nginx: version,
    options: form,
    targets,
    mostPerRoll,
    tries,
    scenes,
  };
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`\nAll figures: ${out}`);
  if (targets.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

function fail(problem: string): void {
  console.error(`balance: ${problem}`);
  process.exitCode = 1;
}
