/** Whether one example of a model, and one answer, fit the limits: said at load, not at the first request. */

import { elementCount, isOpen, type TensorSpec } from '../../shared/tensor.js';
import type { ModelSpec } from '../contracts/model.js';

export interface SizeLimits {
  readonly maxFrameBytes: number;
  readonly maxJsonBytes: number;
  readonly maxOutboxBytes: number;
}

/** Bytes of a float32 in JSON with its comma, as JavaScript writes most of them. */
const JSON_BYTES = 12;
/** Bytes of a pixel in JSON, at most: `255,`. */
const JSON_PIXEL_BYTES = 4;
/** The rest of a request or answer. */
const ENVELOPE_BYTES = 512;

/** One line that names the option, or undefined: what is sent fits. A text fits always, by its own limit. */
export function sizeWarning({ ref, inputs, outputs }: ModelSpec, limits: SizeLimits): string | undefined {
  if (isOpen(inputs)) return undefined;
  const tensors = inputs.filter((input): input is TensorSpec => input.dtype !== 'string');
  const elements = sum(tensors);
  const { maxFrameBytes, maxJsonBytes, maxOutboxBytes } = limits;
  const bytes = 4 * elements + ENVELOPE_BYTES;
  const problems: string[] = [];
  if (elements + ENVELOPE_BYTES > maxFrameBytes) {
    problems.push(
      `one example has ${bytes} bytes as float32 and does not fit even as uint8: it cannot be sent; start with --max-frame-bytes ${bytes}`,
    );
  } else if (bytes > maxFrameBytes) {
    problems.push(
      `one example fits as uint8, but not as float32, which takes ${bytes} bytes: start with --max-frame-bytes ${bytes}`,
    );
  } else if (JSON_PIXEL_BYTES * elements + ENVELOPE_BYTES > maxJsonBytes) {
    problems.push(
      `one example is too large for JSON over a socket (--max-json-bytes ${maxJsonBytes}): send it as bytes, { dtype, shape, data } or application/octet-stream`,
    );
  }
  const answer = JSON_BYTES * sum(outputs) + ENVELOPE_BYTES;
  if (answer > maxOutboxBytes)
    problems.push(
      `one answer takes about ${answer} bytes, above which a connection is not read (--max-outbox-bytes ${maxOutboxBytes}): start with a larger one`,
    );
  return problems.length === 0 ? undefined : `model ${ref}: ${problems.join('; ')}`;
}

function sum(tensors: readonly TensorSpec[]): number {
  return tensors.reduce((total, { shape }) => total + elementCount(shape), 0);
}
