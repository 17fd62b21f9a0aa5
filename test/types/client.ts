/** What the compiler must accept and reject in the client. Compiled, never run. */

import {
  type AggregateFrame,
  type ClientTiming,
  type ConnectionState,
  connect,
  isTickcastError,
  type PredictionValue,
  type PredictResult,
  predictOverHttp,
  type StreamDescription,
  type StreamItem,
  type StreamPosition,
  type Subscription,
  type TickcastClient,
} from '../../client/index.js';
import { usePredict, useStream, useTickcast } from '../../client/react/index.js';
import { FakeHub } from '../../client/testing/index.js';

interface Models {
  sentiment: { input: string; prediction: number[]; label: 'negative' | 'neutral' | 'positive' };
  iris: { input: readonly number[] | Float32Array; prediction: number[] };
}

const client = connect<Models>('http://localhost:3000', { timeoutMs: 500, transports: ['websocket'] });

// A declared model takes its own input and gives its own answer.
export const label: 'negative' | 'neutral' | 'positive' = (await client.predict('fine', { model: 'sentiment' })).label;
export const numbers: number[] = (await client.predict([1, 2], { model: 'iris@2' })).prediction;
export const reference: string = (await client.predict('fine', { model: 'sentiment@2' })).model;

// @ts-expect-error A model that is not declared.
void client.predict('fine', { model: 'sentimental' });
// @ts-expect-error A version that is no number.
void client.predict('fine', { model: 'sentiment@latest' });
// @ts-expect-error The input of another model.
void client.predict([1, 2], { model: 'sentiment' });
// @ts-expect-error The input of another model, by version.
void client.predict('fine', { model: 'iris@1' });
// @ts-expect-error No declared model takes this.
void client.predict({ text: 'fine' });
// @ts-expect-error An input is needed.
void client.predict();
// @ts-expect-error No such option.
void client.predict('fine', { model: 'sentiment', timeout: 5 });
// @ts-expect-error The label of this model is not any string.
export const wrongLabel: 'happy' = (await client.predict('fine', { model: 'sentiment' })).label;

// Many inputs of one model.
const results = await client.predictMany(['a', 'b'], { model: 'sentiment' });
for (const result of results) {
  if (result.ok) result.value.prediction satisfies number[];
  else result.error.retryable satisfies boolean;
  // @ts-expect-error A value stands only in a result that is ok.
  result.value;
}
// @ts-expect-error One of the inputs is of another model.
void client.predictMany(['a', [1]], { model: 'sentiment' });

// Without a model the input is that of any model, and so is the answer.
(await client.predict('fine')).prediction satisfies number[];

// One declared model needs no name.
const single = connect<{ sentiment: { input: string; prediction: number[] } }>('http://localhost:3000');
// @ts-expect-error The one model takes a string.
void single.predict([1]);

// A client without declarations accepts what the protocol accepts.
const loose = connect('http://localhost:3000');
(await loose.predict([[1, 2]], { model: 'any-name' })).prediction satisfies PredictionValue;
void loose.predict({ a: [1], b: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } });
// @ts-expect-error Nothing takes a Date.
void loose.predict(new Date());
// @ts-expect-error Nothing takes nothing.
void loose.predict(undefined);

// Streams: the mode determines the values' type.
for await (const item of client.subscribe('x')) item satisfies StreamItem;
for await (const item of client.subscribe('x', { history: 5 })) item.text satisfies string | undefined;
for await (const item of client.subscribe('x', { mode: 'sample', maxRate: 2 })) item satisfies StreamItem;
for await (const frame of client.subscribe('x', { mode: 'aggregate' })) {
  frame satisfies AggregateFrame;
  // @ts-expect-error A frame of windows is no item.
  frame satisfies StreamItem;
}
const subscription: Subscription<'aggregate'> = client.subscribe('x', { mode: 'aggregate', windowMs: 500 });
subscription.on('value', ({ windows }) => windows[0]?.rate satisfies number | undefined)();
subscription.on('gap', (gap) => gap.missed satisfies number | null);
subscription.on('skipped', ({ reason }) => reason satisfies 'pace' | 'buffer');
subscription.mode satisfies 'aggregate';
subscription.position satisfies StreamPosition | undefined;
// @ts-expect-error No such mode.
client.subscribe('x', { mode: 'most' });
// @ts-expect-error No such option.
client.subscribe('x', { rate: 4 });
// @ts-expect-error No such event.
subscription.on('item', () => {});
// @ts-expect-error A stream is needed.
client.subscribe();
// @ts-expect-error One of the mode 'all' gives items.
export const items: Subscription<'all'> = subscription;

// Casting, latest wins and receipts.
const cast = await client.predict('fine', { model: 'sentiment', stream: 'x', key: 'k', timing: true });
cast.timing satisfies ClientTiming | undefined;
cast.timing?.roundTripUs satisfies number | undefined;
// @ts-expect-error A key is a string.
void client.predict('fine', { model: 'sentiment', key: 5 });
client.watch((status) => status.streams satisfies readonly StreamDescription[])();
(await client.streams())[0]?.rate satisfies number | undefined;
(await client.ping()) satisfies number;
client.retryNow();

// Events, states and errors.
const off: () => void = client.on('state', (change) => change.state satisfies ConnectionState);
off();
client.on('goaway', (notice) => notice.graceMs satisfies number);
// @ts-expect-error No such event.
client.on('prediction', () => {});
connect('http://localhost:3000', { token: 'x' });
connect('http://localhost:3000', { token: async () => 'x' });
// @ts-expect-error A token is a text, or a function that gives one.
connect('http://localhost:3000', { token: 5 });
// @ts-expect-error No such option.
connect('http://localhost:3000', { tokens: 'x' });
// @ts-expect-error No such transport.
connect('http://localhost:3000', { transports: ['webtransport'] });
// @ts-expect-error A declaration lacks its prediction.
connect<{ broken: { input: string } }>('http://localhost:3000');

export function retryDelayMs(error: unknown): number | undefined {
  return isTickcastError(error) && error.retryable ? error.retryAfterMs : undefined;
}

(await predictOverHttp('http://localhost:3000', 'fine', { model: 'sentiment' })).model satisfies string;
export type Results = readonly PredictResult[];

// Hooks for React take the models of their client.
export function hooks(): void {
  const { client: hub, state } = useTickcast<Models>('http://localhost:3000', { timeoutMs: 500 });
  state satisfies ConnectionState;
  usePredict(hub, 'fine', { model: 'sentiment' }).answer?.label satisfies
    | 'negative'
    | 'neutral'
    | 'positive'
    | undefined;
  usePredict(hub, [1, 2], { model: 'iris' }).answer?.prediction satisfies number[] | undefined;
  // @ts-expect-error The input of another model.
  usePredict(hub, [1, 2], { model: 'sentiment' });
  // @ts-expect-error The hook has a signal of its own.
  usePredict(hub, 'fine', { model: 'sentiment', signal: new AbortController().signal });
  useStream(hub, 'live').values satisfies readonly StreamItem[];
  useStream(hub, 'live', { mode: 'aggregate', keep: 5 }).values satisfies readonly AggregateFrame[];
  // @ts-expect-error No such mode.
  useStream(hub, 'live', { mode: 'most' });
}

// A fake hub makes real clients.
const fake = new FakeHub({ answers: { fine: { prediction: [1], label: 'positive' } } });
fake.connect<Models>() satisfies TickcastClient<Models>;
// @ts-expect-error An answer has values.
new FakeHub({ answers: () => ({ label: 'positive' }) });
// @ts-expect-error No such code.
fake.failNext('OVERLOADD');
