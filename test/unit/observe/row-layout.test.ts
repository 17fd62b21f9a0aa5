import { expect, test } from 'vitest';
import { FIELD, FIXED_FIELDS } from '../../../server/observe/prediction-log/row-layout.js';

test('the fixed fields of a row lie side by side, and what follows begins behind the last', () => {
  expect(Object.values(FIELD)).toEqual([...Array(FIXED_FIELDS).keys()]);
});
