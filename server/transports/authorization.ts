/**
 * What a caller may do and see: checked for each request, by a few property reads where the grant reaches every name. What
 * is beyond a grant is refused in the same words whether it exists or not.
 */

import { type WireError, wireError } from '../../shared/errors.js';
import { modelNameOf, type Parsed, type PredictEnvelope } from '../../shared/parse.js';
import type { Allows, Grant, Scope } from '../contracts/access.js';
import type { ModelCatalogue } from '../contracts/door.js';

export function lacks(scope: Scope | 'predict or subscribe'): WireError {
  return wireError('FORBIDDEN', `this token has not the scope ${scope}`);
}

/** The authorization of one connection, or of one HTTP request. It may end before the connection does. */
export class Authorization {
  readonly #grant: Pick<Grant, 'rights' | 'reach'>;
  readonly #catalogue: Pick<ModelCatalogue, 'standard'>;
  #over: WireError | undefined;

  constructor(grant: Pick<Grant, 'rights' | 'reach'>, catalogue: Pick<ModelCatalogue, 'standard'>) {
    this.#grant = grant;
    this.#catalogue = catalogue;
  }

  /**
   * The request as this caller may make it, or why not; naming a stream also requires the right to publish. One that
   * names no model is for the default of those that the caller sees.
   */
  predict(request: PredictEnvelope): Parsed<PredictEnvelope> {
    const { rights, reach } = this.#grant;
    const { model, stream } = request;
    if (this.#over !== undefined) return refused(this.#over);
    if (!rights.predict) return refused(lacks('predict'));
    if (stream !== undefined && !rights.publish) return refused(lacks('publish'));
    if (reach === undefined) return { ok: true, value: request };
    if (stream !== undefined && reach.publish?.(stream) === false) return refused(beyond('publish', 'stream', stream));
    if (reach.predict === undefined) return { ok: true, value: request };
    const named = model ?? this.#catalogue.standard(this.seesModel);
    if (named === undefined)
      return refused(
        wireError('FORBIDDEN', 'this token is for certain models only: name one in "model"; see GET /models'),
      );
    if (!reach.predict(modelNameOf(named))) return refused(beyond('predict', 'model', named));
    return { ok: true, value: model === undefined ? { ...request, model: named } : request };
  }

  /** Why it may not view streams, or this one. */
  view(stream?: string): WireError | undefined {
    const { rights, reach } = this.#grant;
    if (this.#over !== undefined) return this.#over;
    if (!rights.subscribe) return lacks('subscribe');
    if (stream === undefined || reach?.subscribe === undefined || reach.subscribe(stream)) return undefined;
    return beyond('subscribe', 'stream', stream);
  }

  /** Why it may not be told of this model. */
  look(reference: string): WireError | undefined {
    return this.seesModel(modelNameOf(reference)) ? undefined : beyond('predict', 'model', reference);
  }

  /** True when there are names that it is not shown. */
  get isLimited(): boolean {
    const { rights, reach } = this.#grant;
    if (rights.admin || reach === undefined) return false;
    return reach.predict !== undefined || reach.subscribe !== undefined;
  }

  /** Whether it is shown a model. Whoever reads every stream meets every model in them. */
  readonly seesModel: Allows = (name) => {
    const { rights, reach } = this.#grant;
    if (rights.admin) return true;
    if (rights.predict) return reach?.predict?.(name) ?? true;
    return rights.subscribe && reach?.subscribe === undefined;
  };

  /** Whether it is shown a stream. */
  readonly seesStream: Allows = (name) => {
    const { rights, reach } = this.#grant;
    return rights.admin || (rights.subscribe && (reach?.subscribe?.(name) ?? true));
  };

  /** An error of the hub without the names that this caller is not shown. */
  shown(error: WireError): WireError {
    if (!this.isLimited) return error;
    if (error.code === 'MODEL_NOT_FOUND')
      return { ...error, message: 'there is no such model for this token; GET /models lists those that there are' };
    if (error.code === 'STREAM_CONFLICT')
      return { ...error, message: 'the stream carries predictions of another model; use another stream name' };
    return error;
  }

  end(error: WireError): void {
    this.#over = error;
  }
}

function refused(error: WireError): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error };
}

function beyond(scope: Scope, kind: 'model' | 'stream', name: string): WireError {
  return wireError('FORBIDDEN', `the scope ${scope} of this token does not reach the ${kind} "${name.slice(0, 80)}"`);
}
