/** The public interface of `@tickcast/client/testing`: a hub in memory for tests of programs that use the SDK. */

export { type FakeAnswer, type FakeAnswers, fails } from './fake-answers.js';
export { type FailOptions, FakeHub, type FakeHubOptions } from './fake-hub.js';
export { ManualClock } from './manual-clock.js';
