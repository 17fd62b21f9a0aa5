/**
 * What is trained, in this order. Teachers learn the sets' own labels, each set with its own head, and then SemEval's
 * alone. Students learn the earlier members' opinions on every text of every set. The last one is shipped. Settings
 * were chosen on the validation file.
 */

import type { Course } from './course.js';
import type { NetworkSizes } from './network/network.js';
import type { VariantShares } from './texts/variants.js';

export interface Member {
  readonly name: string;
  readonly sizes: NetworkSizes;
  /** Names of the members whose mean it learns; undefined: it learns the labels. */
  readonly teachers?: readonly string[];
  readonly course: Course;
  /** On the first set alone, after `course`. */
  readonly refinement?: Course;
}

const LABEL_COURSE: Course = { epochs: 3, batchTexts: 512, rate: 3e-3, dropout: 0.3, wordDropout: 0.15 };
const REFINEMENT: Course = { epochs: 2, batchTexts: 256, rate: 7e-4, dropout: 0.3, wordDropout: 0.15 };
const ASSISTANT_COURSE: Course = { epochs: 3, batchTexts: 512, rate: 3e-3, dropout: 0.15, wordDropout: 0.1 };
/**
 * So small a network cannot memorise texts: strong dropout only hurts it (with 0.3, a validation loss of 0.73 instead
 * of 0.69).
 */
const STUDENT_COURSE: Course = { epochs: 6, batchTexts: 512, rate: 3e-3, dropout: 0.1, wordDropout: 0.05 };

const TEACHER: NetworkSizes = {
  wordBits: 16,
  ngramBits: 16,
  width: 48,
  filters: 64,
  window: 3,
  hidden: 64,
  bag: true,
};

const teacher = (name: string, sizes: Partial<NetworkSizes>): Member => ({
  name,
  sizes: { ...TEACHER, ...sizes },
  course: LABEL_COURSE,
  refinement: REFINEMENT,
});

/** The shipped sizes: 2 x 2^15 rows of 16 bytes. */
export const SHIPPED: NetworkSizes = {
  wordBits: 15,
  ngramBits: 15,
  width: 16,
  filters: 16,
  window: 3,
  hidden: 16,
  bag: false,
};

export const VARIANTS: VariantShares = { emoji: 0.1, capitals: 0.05 };

const TEACHERS = ['teacher-1', 'teacher-2', 'teacher-3', 'teacher-4'];

export const RECIPE: readonly Member[] = [
  teacher('teacher-1', {}),
  teacher('teacher-2', { width: 64 }),
  teacher('teacher-3', { window: 5, bag: false }),
  teacher('teacher-4', { width: 64, window: 5 }),
  { name: 'assistant', sizes: { ...TEACHER, bag: false }, teachers: TEACHERS, course: ASSISTANT_COURSE },
  { name: 'student', sizes: SHIPPED, teachers: [...TEACHERS, 'assistant'], course: STUDENT_COURSE },
];

/** What `--quick` trains instead, on one text in `QUICK_EVERY`. */
export const QUICK_EVERY = 4;
const SMALL: NetworkSizes = { ...TEACHER, wordBits: 12, ngramBits: 12, width: 16, filters: 16, hidden: 16 };

export const QUICK_RECIPE: readonly Member[] = [
  {
    name: 'teacher',
    sizes: SMALL,
    course: { ...LABEL_COURSE, batchTexts: 32 },
    refinement: { ...REFINEMENT, batchTexts: 32 },
  },
  {
    name: 'student',
    sizes: { ...SHIPPED, wordBits: 12, ngramBits: 12 },
    teachers: ['teacher'],
    course: { ...STUDENT_COURSE, batchTexts: 32 },
  },
];
