import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit } from '../../../server/core/requests/admission.js';
import { clearlyFits, clearlyHasRoom } from '../../../server/core/requests/admission-control.js';

test('what clearly fits is what the rule accepts, where nothing is promised and the wait is short', () => {
  const rows = fc.integer({ min: 1, max: 1024 });
  const held = fc.integer({ min: 0, max: 9000 });
  fc.assert(
    fc.property(
      rows,
      held,
      held,
      held,
      held,
      fc.integer({ min: 1, max: 9000 }),
      (asked, origin, principal, waiting, own, most) => {
        const queue = {
          rows: waiting,
          principalRows: Math.min(own, waiting),
          freeRows: Math.max(0, 8192 - waiting),
          promised: 0,
        };
        const error = admit({
          rows: asked,
          timeoutMs: 1000,
          isAwaited: false,
          origin: { held: origin, most, promised: 0 },
          principal: { held: principal, most: 8192, promised: 0 },
          queue,
          expectedWaitMs: 10,
        });
        const fits =
          clearlyFits(asked, origin, most, principal, 8192) &&
          clearlyHasRoom(asked, queue.rows, queue.principalRows, queue.freeRows);
        expect(fits).toBe(error === undefined);
      },
    ),
    { numRuns: 2000 },
  );
});
