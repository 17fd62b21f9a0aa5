/** Entry of `npm run evaluate`: runs a text model on labelled texts and says how good it is and where it is most wrong. */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureAgreement } from './agreement.js';
import { calibrationSvg } from './calibration-plot.js';
import { EvaluationInputError, readLabelledTexts } from './labelled-texts.js';
import { formatScores, formatWorst, worstErrors } from './report.js';
import { scoreTexts } from './scores.js';
import { TextModel } from './text-model.js';

const USAGE = `Measures a text model on labelled texts.

  npm run evaluate -- --model PATH --data FILE [--errors N] [--svg FILE] [--engine NAME]

  --model PATH   a model folder, a version folder or a model.json (default model/sentiment/2)
  --data FILE    lines of LABEL<TAB>TEXT, plain or gzipped (.gz); a label is a class's number or name
  --errors N     how many of the worst errors are shown (default 10)
  --svg FILE     where the calibration plot goes (default dist/evaluation.svg)
  --agree N      instead of all this: how far the fast text encoder lies from the model's layer on N random Unicode texts
  --engine NAME  auto, native, wasm or cpu (default auto)
  --help         this text`;

const MOST_APART = 1e-5;
const ENGINES = ['auto', 'native', 'wasm', 'cpu'] as const;

async function run(args: readonly string[]): Promise<void> {
  const values = parse(args);
  if (values.help) return console.log(USAGE);
  if (values.agree !== undefined) {
    if (!/^[1-9]\d{0,7}$/.test(values.agree))
      throw new EvaluationInputError(`--agree is ${values.agree}, expected a number of texts`);
    const { texts, worst } = await measureAgreement(values.model, Number(values.agree), 1);
    console.log(`${texts} random texts: the fast encoder and the layer differ by ${worst.toExponential(1)} at most`);
    if (worst > MOST_APART) process.exitCode = 1;
    return;
  }
  if (values.data === undefined) throw new EvaluationInputError('--data FILE is missing; --help shows all options');
  const engine = ENGINES.find((name) => name === values.engine);
  if (engine === undefined)
    throw new EvaluationInputError(`--engine is ${values.engine}, expected ${ENGINES.join(', ')}`);
  if (!/^\d{1,6}$/.test(values.errors)) {
    throw new EvaluationInputError(`--errors is ${values.errors}, expected a whole number`);
  }
  const model = await TextModel.open(values.model, engine);
  const { labels, texts } = readLabelledTexts(values.data, model.labels);
  const startedMs = performance.now();
  const answers = await model.predict(texts);
  const seconds = (performance.now() - startedMs) / 1000;
  await model.close();
  const scores = scoreTexts(labels, answers, model.labels.length);
  console.log(`${model.ref} on ${model.engineName}, ${texts.length} texts in ${seconds.toFixed(2)} s\n`);
  console.log(formatScores(scores, model.labels));
  const worst = worstErrors(labels, answers, model.labels.length, Number(values.errors));
  if (worst.length > 0) console.log(`\nMost sure and wrong\n${formatWorst(worst, texts, model.labels)}`);
  writeFileSync(values.svg, calibrationSvg(scores.calibration, model.ref));
  console.log(`\nCalibration plot: ${values.svg}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        model: { type: 'string', default: 'model/sentiment/2' },
        data: { type: 'string' },
        agree: { type: 'string' },
        errors: { type: 'string', default: '10' },
        svg: { type: 'string', default: 'dist/evaluation.svg' },
        engine: { type: 'string', default: 'auto' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new EvaluationInputError(
      `${error instanceof Error ? error.message : String(error)}; --help shows all options`,
    );
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EvaluationInputError)) throw error;
  console.error(`evaluate: ${error.message}`);
  process.exitCode = 1;
}
