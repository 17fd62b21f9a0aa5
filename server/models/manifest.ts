/** Parses and checks manifest.json. Knows the file's text; knows no folders and no engine. */

import { z } from 'zod';
import { ADAPTER_NAME, MAX_RANK } from '../../shared/limits.js';
import { describe } from '../../shared/parse.js';
import { type FeaturiserConfig, parseFeaturiserConfig } from '../../shared/text/featuriser.js';
import { encodingHint, withoutMark } from '../../shared/words/json-text.js';
import { firstLine } from '../../shared/words/message-of.js';
import { nearMiss } from '../../shared/words/near-miss.js';
import type { Padding } from '../contracts/model.js';
import type { Constants, DeclaredInput, DeclaredOutput } from '../contracts/model-loader.js';

export const MANIFEST_FILE = 'manifest.json';

export interface Manifest {
  /**
   * Undefined: determined by model.json. Otherwise `tfjs-layers`, `tfjs-graph`, or the name of a package's or program's
   * runtime.
   */
  readonly runtime: string | undefined;
  readonly description: string | undefined;
  /** Sizes that the model's own file leaves open. */
  readonly inputs: readonly DeclaredInput[];
  /** What is done to outputs. */
  readonly outputs: readonly DeclaredOutput[];
  /** Inputs with the same values in each run. */
  readonly constants: Constants;
  /** For a text model. */
  readonly featuriser: FeaturiserConfig | undefined;
  readonly labels: readonly string[] | undefined;
  /** Maximum length of one text, in UTF-16 units. Undefined: the hub's own limit. */
  readonly maxTextLength: number | undefined;
  /** Largest size of an open dimension. */
  readonly maxSize: number;
  /** How rows of different size are padded. Undefined: those of one size run together. */
  readonly padding: Padding | undefined;
  readonly warmUp: {
    /** Texts for the warm-up. Empty: made-up ones. */
    readonly texts: readonly string[];
  };
  /** Settings for that runtime. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type ManifestParsed =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly problem: string };

/** Of an open dimension, where the manifest says no other: work may grow with its square. */
const MAX_SIZE = 4096;

const textLength = z.int().min(1).max(10_000_000);

const tensorInput = z.strictObject({ kind: z.literal('tensor') });
const textInput = z.strictObject({
  kind: z.literal('text'),
  featuriser: z.unknown(),
  maxTextLength: textLength.optional(),
});
/** One for all elements, or one for each of the last dimension. */
const factor = z.union([z.number(), z.array(z.number()).min(1).max(65_536)], 'expected a number, or a list of them');
const declaredInput = z.strictObject({
  name: z.string().min(1).max(200),
  dtype: z.enum(['float32', 'int32', 'bool']),
  shape: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 24),
    )
    .max(MAX_RANK - 1),
  scale: factor.optional(),
  offset: factor.optional(),
});
const declaredOutput = z.strictObject({ name: z.string().min(1).max(200), apply: z.enum(['softmax', 'sigmoid']) });
const constant = z.union([z.number(), z.boolean()]);
const constants = z.record(
  z.string().min(1).max(200),
  z.union([constant, z.array(constant).min(1).max(65_536)], 'expected a number, true, false, or a flat list of them'),
);
const warmUp = z.strictObject({ texts: z.array(z.string().max(10_000)).min(1).max(1000).optional() });
const limits = z.strictObject({
  maxTextLength: textLength.optional(),
  maxSize: z
    .int()
    .min(1)
    .max(2 ** 24)
    .optional(),
});
/** Of a manifest, and of other files that give labels. */
export const labelList = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100_000)
  .refine((labels) => repeated(labels) === undefined, 'no label may stand twice');
const padding = z.strictObject({
  sizes: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 24),
    )
    .min(1)
    .max(64),
  value: z.number().optional(),
  mask: z.string().min(1).max(200).optional(),
});
const schema = z.strictObject({
  runtime: z.string().regex(ADAPTER_NAME, 'expected at most 32 lower-case letters, digits and "-"').optional(),
  description: z.string().max(2000).optional(),
  input: z.discriminatedUnion('kind', [tensorInput, textInput]).optional(),
  inputs: z.array(declaredInput).min(1).max(64).optional(),
  outputs: z.array(declaredOutput).min(1).max(64).optional(),
  constants: constants.optional(),
  padding: padding.optional(),
  labels: z.array(z.string().min(1).max(200)).min(1).max(100_000).optional(),
  warmUp: warmUp.optional(),
  limits: limits.optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

/** Known keys by path, without list positions. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(schema.shape),
  input: Object.keys(textInput.shape),
  inputs: Object.keys(declaredInput.shape),
  outputs: Object.keys(declaredOutput.shape),
  warmUp: Object.keys(warmUp.shape),
  limits: Object.keys(limits.shape),
  padding: Object.keys(padding.shape),
};

/** Parses the text of a manifest.json; undefined when the model has none. Never throws. */
export function parseManifest(text: string | undefined): ManifestParsed {
  let raw: unknown = {};
  try {
    if (text !== undefined) raw = JSON.parse(withoutMark(text));
  } catch (cause) {
    return refuse(`it is not JSON${encodingHint(text ?? '')}: ${firstLine(cause)}`);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return refuse(readable(parsed.error, raw));
  const { runtime, description, input, inputs, outputs, constants, labels, options } = parsed.data;
  let featuriser: FeaturiserConfig | undefined;
  let maxTextLength = parsed.data.limits?.maxTextLength;
  if (input?.kind === 'text') {
    if (inputs !== undefined)
      return refuse('"inputs" is for tensor models; the featuriser gives the inputs of a text model');
    const config = parseFeaturiserConfig(input.featuriser);
    if (!config.ok) return refuse(`input.${config.problem}`);
    featuriser = config.config;
    if (input.maxTextLength !== undefined && maxTextLength !== undefined) {
      return refuse('maxTextLength stands in "input" and in "limits"; give it once');
    }
    maxTextLength = input.maxTextLength ?? maxTextLength;
  } else if (maxTextLength !== undefined) {
    return refuse('maxTextLength is for text models, and "input" is not { "kind": "text", ... }');
  }
  const names = (inputs ?? []).map(({ name }) => name);
  const twice = repeated(labels ?? []) ?? repeated(names);
  if (twice !== undefined)
    return refuse(`"${twice}" stands twice in ${names.includes(twice) ? '"inputs"' : '"labels"'}`);
  const both = names.find((name) => constants !== undefined && Object.hasOwn(constants, name));
  if (both !== undefined) return refuse(`"${both}" stands in "inputs" and in "constants"; callers give it, or nobody`);
  const warm = { texts: parsed.data.warmUp?.texts ?? [] };
  return {
    ok: true,
    manifest: {
      runtime,
      description,
      inputs: inputs ?? [],
      outputs: outputs ?? [],
      constants: constants ?? {},
      featuriser,
      labels,
      maxTextLength,
      maxSize: parsed.data.limits?.maxSize ?? MAX_SIZE,
      padding: paddingOf(parsed.data.padding),
      warmUp: warm,
      options: options ?? {},
    },
  };
}

function paddingOf(given: z.infer<typeof padding> | undefined): Padding | undefined {
  if (given === undefined) return undefined;
  const { sizes, value = 0, mask } = given;
  const sorted = [...new Set(sizes)].sort((a, b) => a - b);
  return { sizes: sorted, value, ...(mask === undefined ? {} : { mask: { name: mask } }) };
}

function repeated(words: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const word of words) {
    if (seen.has(word)) return word;
    seen.add(word);
  }
  return undefined;
}

/** The first thing to fix, in one line. */
function readable(error: z.ZodError, raw: unknown): string {
  // A misspelt key also shows as a missing one; the former says what to do.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (issue === undefined) return 'it is not valid';
  const place = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const at = place.replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    const known = KEYS[issue.path.filter((part) => typeof part === 'string').join('.')] ?? [];
    const key = issue.keys[0] ?? '';
    const meant = nearMiss(key, known);
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
    return `"${key}"${at === '' ? '' : ` in "${at}"`} is not known; ${hint}`;
  }
  if (at === '') return `it must be an object, got ${describe(raw)}`;
  return `"${at}": ${issue.message}`;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `${MANIFEST_FILE}: ${problem}` };
}
