/** Requests that no hub may accept, as the JSON text of their payload, and the expected message. */

import type { ErrorCode } from '../../shared/errors.js';
import { MAX_TEXT_LENGTH } from './bad-models.js';

export interface BadInput {
  readonly what: string;
  /** JSON text: no program could build some of it. */
  readonly json: string;
  /** @default INVALID_INPUT */
  readonly code?: ErrorCode;
  /** What the message must name. */
  readonly names: RegExp;
}

const letters = (count: number): string => 'x'.repeat(count);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const rows = (count: number, row: string): string => Array(count).fill(row).join(',');

export const BAD_INPUTS: readonly BadInput[] = [
  // Shape, rank, nesting.
  { what: 'too short an example', json: '{"model":"mlp","input":[1,2,3]}', names: /input\w* has .*3.* expect.*4/ },
  { what: 'too long an example', json: '{"model":"mlp","input":[1,2,3,4,5]}', names: /input\w* has .*5.* expect.*4/ },
  {
    what: 'a number for an array',
    json: '{"model":"mlp","input":5}',
    names: /input is 5; mlp@1 expects float32 \[4\]/,
  },
  {
    what: 'a rank too many',
    json: '{"model":"mlp","input":[[[1,2,3,4]]]}',
    names: /input has shape \[1, 1, 4\], mlp@1 expects/,
  },
  {
    what: 'a rank too many for [1]',
    json: '{"input":[[[1]]]}',
    names: /input has shape \[1, 1, 1\], linear@2 expects/,
  },
  { what: 'a wide row for [1]', json: '{"input":[[1,2]]}', names: /input\w*\[0\] has length 2, expected 1/ },
  {
    what: 'rows of different length',
    json: '{"model":"mlp","input":[[1,2,3,4],[1,2,3]]}',
    names: /input\w*\[1\] has length 3/,
  },
  { what: 'a number among rows', json: '{"model":"mlp","input":[[1,2,3,4],5]}', names: /input\w*\[1\] is 5.*ragged/ },
  {
    what: 'an array among numbers',
    json: '{"model":"mlp","input":[1,2,[3],4]}',
    names: /input\w*\[2\] is an array, expected a number/,
  },
  { what: 'an array among numbers for [1]', json: '{"input":[1,[2]]}', names: /input\w*\[1\] / },
  { what: 'a number among rows for [1]', json: '{"input":[[1],2]}', names: /input\w*\[1\] is 2.*ragged/ },
  {
    what: 'arrays nested 20,000 deep',
    json: `{"input":${nested(20_000)}}`,
    names: /nested more than 32 deep/,
  },
  {
    what: 'arrays nested 20,000 deep within a row',
    json: `{"model":"mlp","input":[1,2,3,${nested(20_000)}]}`,
    names: /nested more than 32 deep/,
  },
  { what: 'an empty array', json: '{"model":"mlp","input":[]}', names: /input is empty/ },
  { what: 'an empty array for [1]', json: '{"input":[]}', names: /input is empty/ },
  { what: 'an empty row', json: '{"model":"mlp","input":[[]]}', names: /input\w*\[0\] has length 0, expected 4/ },
  // Elements.
  {
    what: 'NaN, which JSON writes as null',
    json: '{"model":"mlp","input":[1,2,null,4]}',
    names: /input\w*\[2\] is null/,
  },
  { what: '1e400', json: '{"model":"mlp","input":[1,2,1e400,4]}', names: /input\w*\[2\] is Infinity/ },
  { what: '-1e400 for [1]', json: '{"input":[1,-1e400]}', names: /input\w*\[1\] is -Infinity/ },
  { what: 'a number beyond float32', json: '{"model":"mlp","input":[1,2,-1e39,4]}', names: /input\w*\[2\] is -1e\+39/ },
  {
    what: 'a string for a number',
    json: '{"model":"mlp","input":[1,2,"3",4]}',
    names: /input\w*\[2\] is "3", expected a number/,
  },
  { what: 'a boolean for a number', json: '{"model":"mlp","input":[1,2,3,true]}', names: /input\w*\[3\] is true/ },
  {
    what: 'an object for a number',
    json: '{"model":"mlp","input":[1,2,3,{"valueOf":1}]}',
    names: /input\w*\[3\] is an object/,
  },
  {
    what: 'a fraction for an int32',
    json: '{"model":"ids","input":{"ids":[1,2,3,1.5],"weights":[1,1,1,1]}}',
    names: /ids\[3\] is 1\.5, expected an int32/,
  },
  {
    what: 'a number beyond int32',
    json: '{"model":"ids","input":{"ids":[1,2,3,2147483648],"weights":[1,1,1,1]}}',
    names: /ids\[3\] is 2147483648/,
  },
  // Kinds of model.
  {
    what: 'a string for a tensor model',
    json: '{"model":"mlp","input":"text"}',
    names: /input is "text"; mlp@1 expects float32 \[4\]/,
  },
  { what: 'strings for a tensor model', json: '{"input":["a","b"]}', names: /input\w*\[0\] is "a"/ },
  { what: 'an object for a tensor model', json: '{"model":"mlp","input":{}}', names: /input is an object without/ },
  {
    what: 'a number for a text model',
    json: '{"model":"text","input":5}',
    names: /input is 5; text@1 expects a string/,
  },
  {
    what: 'numbers for a text model',
    json: '{"model":"text","input":[1,2]}',
    names: /input\w*\[0\] is 1; text@1 expects a string/,
  },
  { what: 'null among texts', json: '{"model":"text","input":["a",null]}', names: /input\w*\[1\] is null; text@1/ },
  {
    what: 'texts in a nested array',
    json: '{"model":"text","input":[["a"]]}',
    names: /input\w*\[0\] is an array; text@1/,
  },
  { what: 'no texts', json: '{"model":"text","input":[]}', names: /input is empty; text@1/ },
  {
    what: 'a missing named input',
    json: '{"model":"two","input":{"a":[[1,2]]}}',
    names: /input lacks "b"; two@1 expects an object with a, b/,
  },
  {
    what: 'named inputs of different rows',
    json: '{"model":"two","input":{"a":[[1,2]],"b":[[1],[2]]}}',
    names: /input\.b has 2 rows where input\.a has 1/,
  },
  {
    what: 'no names for named inputs',
    json: '{"model":"two","input":[1,2,3]}',
    names: /input is an array; two@1 expects an object with a, b/,
  },
  // Tagged tensors in JSON.
  {
    what: 'an unknown dtype',
    json: '{"model":"mlp","input":{"dtype":"float64","shape":[4],"data":[1]}}',
    names: /input\.dtype must be .*"float64"/,
  },
  {
    what: 'another dtype than the model’s',
    json: '{"model":"mlp","input":{"dtype":"int32","shape":[4],"data":[1]}}',
    names: /input has dtype int32, mlp@1 expects float32/,
  },
  {
    what: 'data that is no bytes',
    json: '{"model":"mlp","input":{"dtype":"float32","shape":[4],"data":[1,2,3,4]}}',
    names: /input\.data must be bytes/,
  },
  // __proto__ and its kin.
  {
    what: '__proto__ for an input',
    json: '{"input":{"__proto__":[1]}}',
    names: /input is an object without|prototype|__proto__/,
  },
  {
    what: '__proto__ for the payload',
    json: '{"__proto__":{"input":[1]}}',
    names: /input is missing|prototype|__proto__/,
  },
  {
    what: 'constructor.prototype for an input',
    json: '{"input":{"constructor":{"prototype":{"polluted":1}}}}',
    names: /input is an object without|prototype|constructor/,
  },
  // Models.
  {
    what: 'an unknown model',
    json: '{"model":"nowhere","input":[1]}',
    code: 'MODEL_NOT_FOUND',
    names: /no model nowhere; the models are .*linear/,
  },
  {
    what: 'a version that does not exist',
    json: '{"model":"linear@99","input":[1]}',
    code: 'MODEL_NOT_FOUND',
    names: /no model linear@99; its versions are 1, 2/,
  },
  {
    what: 'a model named like a property',
    json: '{"model":"constructor","input":[1]}',
    code: 'MODEL_NOT_FOUND',
    names: /no model constructor/,
  },
  { what: 'a model named __proto__', json: '{"model":"__proto__","input":[1]}', names: /model must be .*"__proto__"/ },
  { what: 'a model named as a path', json: '{"model":"../../etc","input":[1]}', names: /model must be/ },
  { what: 'a model that is a number', json: '{"model":5,"input":[1]}', names: /model must be .* got 5/ },
  {
    what: 'a model that is an object',
    json: '{"model":{"toString":1},"input":[1]}',
    names: /model must be .* got an object/,
  },
  { what: 'an empty model name', json: '{"model":"","input":[1]}', names: /model must be/ },
  {
    what: 'a model name of 65 characters',
    json: `{"model":"${letters(65)}","input":[1]}`,
    names: /model must be .* 65 characters/,
  },
  { what: 'version 0', json: '{"model":"linear@0","input":[1]}', names: /model must be .*"linear@0"/ },
  // Ids and times.
  { what: 'an id that is an object', json: '{"id":{},"input":[1]}', names: /id must be .* got an object/ },
  { what: 'an id that is an array', json: '{"id":[1],"input":[1]}', names: /id must be .* got an array/ },
  { what: 'an id that is a boolean', json: '{"id":true,"input":[1]}', names: /id must be .* got true/ },
  { what: 'a negative id', json: '{"id":-1,"input":[1]}', names: /id must be .* got -1/ },
  { what: 'a fraction for an id', json: '{"id":1.5,"input":[1]}', names: /id must be .* got 1\.5/ },
  { what: 'an id beyond 2^53', json: '{"id":9007199254740993,"input":[1]}', names: /id must be/ },
  { what: 'an empty id', json: '{"id":"","input":[1]}', names: /id must be/ },
  { what: 'an id of 65 characters', json: `{"id":"${letters(65)}","input":[1]}`, names: /id must be .* 65 characters/ },
  { what: 'a time that is a string', json: '{"timeoutMs":"5","input":[1]}', names: /timeoutMs must be .* got "5"/ },
  { what: 'no time at all', json: '{"timeoutMs":0,"input":[1]}', names: /timeoutMs must be .* got 0/ },
  { what: 'too long a time', json: '{"timeoutMs":60001,"input":[1]}', names: /timeoutMs must be .* got 60001/ },
  { what: 'an infinite time', json: '{"timeoutMs":1e400,"input":[1]}', names: /timeoutMs must be .* got Infinity/ },
  // Streams, keys, receipts.
  { what: 'a stream name with a space', json: '{"stream":"a b","input":[1]}', names: /stream must be .* got "a b"/ },
  { what: 'a stream name that is markup', json: '{"stream":"<b>","input":[1]}', names: /stream must be/ },
  { what: 'an empty stream name', json: '{"stream":"","input":[1]}', names: /stream must be/ },
  {
    what: 'a stream name of 65 characters',
    json: `{"stream":"${letters(65)}","input":[1]}`,
    names: /stream must be .* 65 characters/,
  },
  { what: 'a stream name that is a number', json: '{"stream":5,"input":[1]}', names: /stream must be .* got 5/ },
  { what: 'a stream name that is a list', json: '{"stream":["a"],"input":[1]}', names: /stream must be .* an array/ },
  { what: 'an empty key', json: '{"key":"","input":[1]}', names: /key must be .* got ""/ },
  { what: 'a key of 65 characters', json: `{"key":"${letters(65)}","input":[1]}`, names: /key must be/ },
  { what: 'a key that is a number', json: '{"key":1,"input":[1]}', names: /key must be .* got 1/ },
  {
    what: 'an explanation asked for in words',
    json: '{"explain":"yes","input":[1]}',
    names: /explain must be .* got "yes"/,
  },
  { what: 'an explanation of numbers', json: '{"explain":true,"input":[1]}', names: /explain is for one text/ },
  { what: 'receipts asked for in words', json: '{"timing":"yes","input":[1]}', names: /timing must be .* got "yes"/ },
  // Limits.
  { what: 'too many rows', json: `{"input":[${rows(1025, '1')}]}`, code: 'TOO_LARGE', names: /1025 rows.* 1024/ },
  {
    what: 'too many texts',
    json: `{"model":"text","input":[${rows(1025, '""')}]}`,
    code: 'TOO_LARGE',
    names: /1025 rows.* 1024/,
  },
  {
    what: 'too long a text',
    json: `{"model":"text","input":"${letters(MAX_TEXT_LENGTH + 1)}"}`,
    code: 'TOO_LARGE',
    names: /input has 51 characters.* 50/,
  },
  {
    what: 'too long a text among others',
    json: `{"model":"text","input":["a","${letters(MAX_TEXT_LENGTH + 1)}"]}`,
    code: 'TOO_LARGE',
    names: /input\w*\[1\] has 51 characters.* 50/,
  },
  {
    what: 'more JSON than an event may have',
    json: `{"model":"mlp","input":[${rows(7000, '[1,2,3,4]')}]}`,
    code: 'TOO_LARGE',
    names: /maxJsonBytes|7000 rows/,
  },
  // Payloads.
  { what: 'no input', json: '{}', names: /input is missing/ },
  { what: 'null for the input', json: '{"input":null}', names: /input is missing/ },
  { what: 'a number for the payload', json: '5', names: /object|JSON/ },
  { what: 'null for the payload', json: 'null', names: /object|JSON/ },
  { what: 'an array for the payload', json: '[1]', names: /object|JSON/ },
  { what: 'a string for the payload', json: '"x"', names: /object|JSON/ },
];

/** A `predict` event with one binary attachment, placeholder number 0 in the text. */
export interface BadBytes {
  readonly what: string;
  readonly json: string;
  readonly bytes: Uint8Array;
  readonly names: RegExp;
}

const PLACE = '{"_placeholder":true,"num":0}';
const tagged = (dtype: string, shape: string): string =>
  `{"model":"mlp","input":{"dtype":${dtype},"shape":${shape},"data":${PLACE}}}`;
const bytesOf = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

export const BAD_BYTES: readonly BadBytes[] = [
  {
    what: 'bytes of odd length',
    json: tagged('"float32"', '[4]'),
    bytes: new Uint8Array(15),
    names: /input\.data has 15 bytes, .* needs 16/,
  },
  {
    what: 'too many bytes',
    json: tagged('"float32"', '[4]'),
    bytes: new Uint8Array(32),
    names: /input\.data has 32 bytes, .* needs 16/,
  },
  {
    what: 'no bytes',
    json: tagged('"float32"', '[4]'),
    bytes: new Uint8Array(0),
    names: /input\.data has 0 bytes, .* needs 16/,
  },
  {
    what: 'NaN in bytes',
    json: tagged('"float32"', '[4]'),
    bytes: bytesOf(1, 2, Number.NaN, 4),
    names: /input\w* has NaN at element 2/,
  },
  {
    what: 'infinity in bytes',
    json: tagged('"float32"', '[2,4]'),
    bytes: bytesOf(1, 2, 3, 4, 5, 6, 7, -1 / 0),
    names: /input\w*\[1\] has -Infinity at element 3/,
  },
  {
    what: 'a dtype that is not the model’s',
    json: tagged('"int32"', '[4]'),
    bytes: new Uint8Array(16),
    names: /input has dtype int32/,
  },
  {
    what: 'a dtype that is an object',
    json: tagged('{}', '[4]'),
    bytes: new Uint8Array(16),
    names: /input\.dtype must be/,
  },
  {
    what: 'a shape that is not the model’s',
    json: tagged('"float32"', '[5]'),
    bytes: new Uint8Array(20),
    names: /input has shape \[5\]/,
  },
  {
    what: 'a negative shape',
    json: tagged('"float32"', '[-1,4]'),
    bytes: new Uint8Array(16),
    names: /input\.shape must be/,
  },
  {
    what: 'a fraction in a shape',
    json: tagged('"float32"', '[1.5,4]'),
    bytes: new Uint8Array(24),
    names: /input\.shape must be/,
  },
  {
    what: 'a shape of 2^53 rows',
    json: tagged('"float32"', '[9007199254740992,4]'),
    bytes: new Uint8Array(16),
    names: /input\.shape must be/,
  },
  {
    what: 'a shape of many rows',
    json: tagged('"float32"', '[9007199254740991,4]'),
    bytes: new Uint8Array(16),
    names: /input\.data has 16 bytes/,
  },
  { what: 'a shape of no rows', json: tagged('"float32"', '[0,4]'), bytes: new Uint8Array(0), names: /input is empty/ },
  {
    what: 'a shape of nine dimensions',
    json: tagged('"float32"', '[1,1,1,1,1,1,1,1,4]'),
    bytes: new Uint8Array(16),
    names: /input\.shape must be/,
  },
  {
    what: 'a shape that is a string',
    json: tagged('"float32"', '"[4]"'),
    bytes: new Uint8Array(16),
    names: /input\.shape must be/,
  },
  {
    what: 'bare bytes of odd length',
    json: `{"model":"mlp","input":${PLACE}}`,
    bytes: new Uint8Array(17),
    names: /input has 17 bytes, one example of mlp@1 has 16/,
  },
  {
    what: 'bytes among numbers',
    json: `{"model":"mlp","input":[1,2,3,${PLACE}]}`,
    bytes: new Uint8Array(4),
    names: /input\w*\[3\] is 4 bytes/,
  },
  {
    what: 'bytes for a text',
    json: `{"model":"text","input":${PLACE}}`,
    bytes: new Uint8Array(4),
    names: /input is 4 bytes; text@1 expects a string/,
  },
  { what: 'bytes for the payload', json: PLACE, bytes: new Uint8Array(4), names: /got 4 bytes/ },
  {
    what: 'bytes for an id',
    json: `{"input":[1],"id":${PLACE}}`,
    bytes: new Uint8Array(4),
    names: /id must be .* got 4 bytes/,
  },
  {
    what: 'bytes for a model',
    json: `{"input":[1],"model":${PLACE}}`,
    bytes: new Uint8Array(4),
    names: /model must be .* got 4 bytes/,
  },
];
