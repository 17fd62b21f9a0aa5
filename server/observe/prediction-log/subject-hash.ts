/** How a subject stands in the prediction log. */

import { createHash } from 'node:crypto';

/** The first 128 bits of its SHA-256 (UTF-8), as 22 characters of base64url. */
export function subjectHash(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url').slice(0, 22);
}
