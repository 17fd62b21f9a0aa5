/** Types that tie a model's name to its input and its answer. Compile-time only: the hub checks what is sent. */

import type { PredictInput, PredictionValue } from '../shared/protocol.js';
import type { ClientPrediction } from './requests/prediction.js';

/** A model's declared types. `label` and `score` narrow the answer's fields of those names. */
export interface ModelTypes {
  readonly input: unknown;
  readonly prediction: unknown;
  readonly label?: unknown;
  readonly score?: unknown;
}

/** Constraint on an interface that maps model names to {@link ModelTypes}. */
export type ModelMap<Models> = { [Name in keyof Models]: ModelTypes };

/** The models of a client without declarations: any name, any input. */
export interface AnyModels {
  readonly [name: string]: { readonly input: PredictInput; readonly prediction: PredictionValue };
}

type NameOf<Models> = keyof Models & string;

/** `name` or `name@version` of a declared model. */
export type ModelReference<Models> = NameOf<Models> | `${NameOf<Models>}@${number}`;

type Resolve<Models, Reference> =
  Reference extends NameOf<Models>
    ? Models[Reference]
    : Reference extends `${infer Name}@${number}`
      ? Name extends NameOf<Models>
        ? Models[Name]
        : never
      : never;

/** The input of a model; without a reference, that of any declared model. */
export type InputOf<Models, Reference = NameOf<Models>> =
  Resolve<Models, Reference> extends { readonly input: infer Input } ? Input : never;

type AnswerFrom<Types> = Types extends unknown
  ? Omit<ClientPrediction, Exclude<keyof Types, 'input'>> & Readonly<Omit<Types, 'input'>>
  : never;

/** The answer of a model. */
export type AnswerOf<Models, Reference = NameOf<Models>> = AnswerFrom<Resolve<Models, Reference>>;
