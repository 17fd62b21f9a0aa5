/**
 * Texts for a runtime that takes tensors: opens the model with the tensors of its featuriser, and wraps its session as
 * one of texts. Knows the runtime's interface alone.
 */

import { isOpen, shapeAt } from '../../../shared/tensor.js';
import type { FeaturiserConfig } from '../../../shared/text/featuriser.js';
import { createFeaturiser } from '../../../shared/text/featuriser.js';
import type { HashedNgramsConfig } from '../../../shared/text/hashed-ngrams.js';
import {
  isTokenizerName,
  TOKEN_TENSORS,
  type TokenizerConfig,
} from '../../../shared/text/tokenizer/tokenizer-config.js';
import { parseTokenizerFile } from '../../../shared/text/tokenizer/tokenizer-file.js';
import type { VocabularyIdsConfig } from '../../../shared/text/vocabulary-ids.js';
import { firstLine } from '../../../shared/words/message-of.js';
import type { DeclaredInput } from '../../contracts/model-loader.js';
import type { ModelSession, Runtime, SessionDescription, SessionSource } from '../../contracts/runtime.js';
import { type ParsedOpening, parseOpening } from './session-opening.js';
import { matchTensors } from './tensor-match.js';
import { TEXT_INPUT, TextInput } from './text-input.js';
import { TokenRows } from './token-rows.js';
import { TokenSession } from './token-session.js';

type OwnFeaturiser = HashedNgramsConfig | VocabularyIdsConfig | TokenizerConfig;
type FeaturedSource = SessionSource & { readonly featuriser: OwnFeaturiser };

/** The text encoder is a layer, which the runtime of its model takes off itself. */
export function isFeatured(source: SessionSource): source is FeaturedSource {
  return source.featuriser !== undefined && source.featuriser.name !== 'hashed-text-encoder';
}

/** Rejects when the runtime's `openSession` does. */
export async function openFeatured(runtime: Runtime, source: FeaturedSource): Promise<ParsedOpening> {
  const { featuriser: config } = source;
  return isTokenizer(config) ? openTokens(runtime, source, config) : openFixed(runtime, source, config);
}

function isTokenizer(config: FeaturiserConfig): config is TokenizerConfig {
  return isTokenizerName(config.name);
}

async function openFixed(
  runtime: Runtime,
  source: SessionSource,
  config: HashedNgramsConfig | VocabularyIdsConfig,
): Promise<ParsedOpening> {
  const text = new TextInput(createFeaturiser(config));
  const { tensors } = text.featuriser;
  const opening = await openOnTensors(runtime, source, tensors);
  if (!opening.ok) return opening;
  const { session, specs } = opening;
  const matched = matchTensors(specs.inputs, tensors);
  if (!matched.ok) return refuse(session, matched.problem);
  const order = matched.indices;
  return wrapped(session, specs, (views, rows) => {
    const arrays = text.read(views.text, rows);
    const inputs = order.map((index) => arrays[index] ?? new Int32Array(0));
    return session.run({ outputs: views.outputs, inputs, text: undefined }, rows);
  });
}

async function openTokens(runtime: Runtime, source: SessionSource, config: TokenizerConfig): Promise<ParsedOpening> {
  if (source.tokenizer === undefined) return { ok: false, problem: `${config.file} of ${source.ref} was not read` };
  const parsed = parseTokenizerFile(Buffer.from(source.tokenizer).toString('utf8'), config);
  if (!parsed.ok) return parsed;
  const { template, padding } = parsed.tokenizer;
  const { maxLength } = config;
  const given = config.inputs ?? TOKEN_TENSORS;
  const tensors = given.map((name): DeclaredInput => {
    const isOptional = config.inputs === undefined && name !== 'input_ids';
    return { name, dtype: 'int32', shape: [-1], optional: isOptional };
  });
  let rows: TokenRows;
  try {
    const { openTokenizer } = await import('../tokenizer/text-tokenizer.js');
    rows = new TokenRows(await openTokenizer(parsed.tokenizer), { template, padding, maxLength });
  } catch (cause) {
    return { ok: false, problem: `${config.file}: ${firstLine(cause)}` };
  }
  const opening = await openOnTensors(runtime, source, tensors);
  if (!opening.ok) return opening;
  const { session, specs } = opening;
  const matched = matchTensors(specs.inputs, tensors, maxLength);
  if (!matched.ok) return refuse(session, matched.problem);
  // Where the length is part of the answer or of the model, it is always the full one.
  const isFull = isOpen(specs.outputs) || !specs.inputs.every(({ shape }) => shape[0] === -1);
  const outputs = specs.outputs.map((spec) => ({ ...spec, shape: shapeAt(spec.shape, [maxLength]) }));
  const order = matched.indices.map((index) => given[index] ?? 'input_ids');
  const described = {
    ...specs,
    outputs,
    why: isFull ? `${specs.why}; each text is padded to the full length` : specs.why,
  };
  const tokens = new TokenSession({ session, specs: described, rows, order, maxLength, isFull });
  return wrapped(session, described, (views, count) => tokens.run(views, count));
}

async function openOnTensors(
  runtime: Runtime,
  source: SessionSource,
  inputs: readonly DeclaredInput[],
): Promise<ParsedOpening> {
  const { tokenizer: _, ...rest } = source;
  return parseOpening(
    await runtime.openSession({ ...rest, featuriser: undefined, inputs, inputsFrom: 'the featuriser' }),
  );
}

function wrapped(session: ModelSession, specs: SessionDescription, run: ModelSession['run']): ParsedOpening {
  const described = { ...specs, inputs: [TEXT_INPUT] };
  return {
    ok: true,
    session: { describe: () => described, run, dispose: () => session.dispose() },
    specs: described,
  };
}

function refuse(session: ModelSession, problem: string): ParsedOpening {
  session.dispose();
  return { ok: false, problem };
}
