/**
 * Entry of `npm run bench:overload`: the remaining fraction of the best goodput when several times as much is
 * requested, and whether callers that retry when told to are admitted.
 */

import { integer, integers, quickly, someOf } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { ENGINE, QUICK } from '../harness/options.js';
import { progressLine, sceneText, targetsOf } from './report.js';
import { MODELS, measureScene, type SceneResult } from './scene.js';

const BENCH = {
  name: 'bench:overload',
  intro: `What is left of the best goodput when several times as much is asked, and whether those who come again when they were told to are
let in. Models: ${Object.entries(MODELS)
    .map(([name, sizes]) => `${name} (${sizes.join(' -> ')})`)
    .join(', ')}.`,
  fails: 'with --check',
  options: {
    models: someOf(['light', 'mlp', 'wide'], 'light,mlp,wide', 'Which models.'),
    sockets: integers(1, 1000, [5, 64], 'Connections of the load.'),
    rounds: quickly(integer(1, 100, 3, 'Of each: the closed loop, then 1, 2, 3 and 5 times its goodput.'), 1),
    seconds: quickly(integer(1, 600, 3, 'Counted time of each phase.'), 1),
    engine: ENGINE,
    quick: QUICK,
  },
} as const;

await runBench(BENCH, async ({ models, sockets, rounds, seconds }, { say, engine, folder }) => {
  const plan = { rounds, ms: 1000 * seconds, engine, folder };
  const results: SceneResult[] = [];
  for (const scene of models.flatMap((model) => sockets.map((count) => ({ model, sockets: count })))) {
    const result = await measureScene(scene, plan);
    results.push(result);
    say(progressLine(result));
  }
  return { tables: results.map(sceneText), targets: results.flatMap(targetsOf), figures: { results } };
});
