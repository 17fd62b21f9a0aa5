/**
 * A request over REST whose body is the bytes of one tensor (`application/octet-stream`): its type and shape stand in the
 * headers, the rest of the request in the query. Defined in shared/PROTOCOL.md.
 */

import type { FastifyRequest } from 'fastify';
import { MAX_RANK } from '../../../shared/limits.js';
import { invalid, type Parsed } from '../../../shared/parse.js';

/** Element type; without it the bytes are read as one example. */
const DTYPE_HEADER = 'x-tensor-dtype';
/** Sizes, as in `1,224,224,3`. */
const SHAPE_HEADER = 'x-tensor-shape';
const NUMBERS: ReadonlySet<string> = new Set(['timeoutMs']);
const FLAGS: ReadonlySet<string> = new Set(['timing']);

/** The request in the form of a JSON body, for `parsePredict`; any other body as it is. */
export function rawRequest({ body, headers, query }: FastifyRequest): Parsed<unknown> {
  if (!(body instanceof Uint8Array)) return { ok: true, value: body };
  const request: Record<string, unknown> = { ...fieldsOf(query) };
  const [dtype, shape] = [headers[DTYPE_HEADER], headers[SHAPE_HEADER]];
  if (dtype === undefined && shape === undefined) return { ok: true, value: { ...request, input: body } };
  const sizes = typeof shape === 'string' ? shape.split(',').map((size) => size.trim()) : [];
  const isShape = sizes.length > 0 && sizes.length <= MAX_RANK && sizes.every((size) => /^\d{1,9}$/.test(size));
  if (!isShape) {
    return invalid(
      `with ${DTYPE_HEADER}, ${SHAPE_HEADER} must give the sizes of the tensor, such as "224,224,3" for one example or "2,224,224,3" for two`,
    );
  }
  const input = { dtype: dtype ?? 'float32', shape: sizes.map(Number), data: body };
  return { ok: true, value: { ...request, input } };
}

/** Values of a query are texts: those that the protocol wants as numbers and flags are turned into them. */
function fieldsOf(query: unknown): Record<string, unknown> {
  const entries = Object.entries(typeof query === 'object' && query !== null ? query : {});
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (NUMBERS.has(name) && typeof value === 'string' && value.trim() !== '') return [name, Number(value)];
      if (FLAGS.has(name) && (value === 'true' || value === 'false')) return [name, value === 'true'];
      return [name, value];
    }),
  );
}
