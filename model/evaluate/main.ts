/** Entry of `npm run evaluate`: runs a text model on labelled texts and reports its quality and its worst errors. */

import { writeFileSync } from 'node:fs';
import { integer, oneOf, optional, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';
import { runProgram, tellProblem } from '../../command-line/run-program.js';
import { measureAgreement } from './agreement.js';
import { calibrationSvg } from './calibration-plot.js';
import { EvaluationInputError, readLabelledTexts } from './labelled-texts.js';
import { formatScores, formatWorst, worstErrors } from './report.js';
import { scoreTexts } from './scores.js';
import { TextModel } from './text-model.js';

const OPTIONS = {
  model: text('PATH', 'model/sentiment/2', 'A model folder, a version folder or a model.json.'),
  data: text('FILE', '', 'Lines of LABEL<TAB>TEXT, plain or gzipped (.gz); a label is a class’s number or name.'),
  errors: integer(0, 999_999, 10, 'How many of the worst errors are shown.'),
  svg: text('FILE', 'dist/evaluation.svg', 'Where the calibration plot goes.'),
  agree: optional(
    integer(
      1,
      99_999_999,
      1,
      'Instead of all this: how far the fast text encoder lies from the model’s layer on so many random Unicode texts.',
    ),
  ),
  engine: oneOf(['auto', 'native', 'wasm', 'cpu'], 'auto', 'What computes: auto takes the fastest there is.'),
};

const EVALUATE: Program<typeof OPTIONS> = {
  name: 'evaluate',
  intro: `Measures a text model on labelled texts.

Usage: npm run evaluate -- --model PATH --data FILE [options]`,
  options: OPTIONS,
  check: ({ data, agree }) => [
    data === '' && agree === undefined && '--data is missing: give a file of labelled texts',
  ],
};

const MOST_APART = 1e-5;

async function run({ model: path, data, errors, svg, agree, engine }: ValuesOf<typeof OPTIONS>): Promise<void> {
  if (agree !== undefined) {
    const { texts, worst } = await measureAgreement(path, agree, 1);
    console.log(`${texts} random texts: the fast encoder and the layer differ by ${worst.toExponential(1)} at most`);
    if (worst > MOST_APART) process.exitCode = 1;
    return;
  }
  const model = await TextModel.open(path, engine);
  const { labels, texts } = readLabelledTexts(data, model.labels);
  const startedMs = performance.now();
  const answers = await model.predict(texts);
  const seconds = (performance.now() - startedMs) / 1000;
  await model.close();
  const scores = scoreTexts(labels, answers, model.labels.length);
  console.log(`${model.ref} on ${model.engineName}, ${texts.length} texts in ${seconds.toFixed(2)} s\n`);
  console.log(formatScores(scores, model.labels));
  const worst = worstErrors(labels, answers, model.labels.length, errors);
  if (worst.length > 0) console.log(`\nMost sure and wrong\n${formatWorst(worst, texts, model.labels)}`);
  writeFileSync(svg, calibrationSvg(scores.calibration, model.ref));
  console.log(`\nCalibration plot: ${svg}`);
}

try {
  await runProgram(EVALUATE, run);
} catch (error) {
  if (!(error instanceof EvaluationInputError)) throw error;
  tellProblem(EVALUATE.name, error.message);
}
