import { expect, test } from 'vitest';
import { parseMetadata } from '../../../server/models/metadata.js';

test.each([
  ['of images', { packageName: '@teachablemachine/image', labels: ['left', 'right'], imageSize: 224 }],
  ['of sounds', { tfjsSpeechCommandsVersion: '0.4.0', wordLabels: ['left', 'right'] }],
])('the labels of a Teachable Machine model %s are read', (_, metadata) => {
  expect(parseMetadata(`\ufeff${JSON.stringify(metadata)}`)).toEqual({ labels: ['left', 'right'], problem: undefined });
});

test.each(['{}', '[]', '{ "labels": null }', '"text"'])('a file of another tool says nothing: %s', (text) => {
  expect(parseMetadata(text)).toEqual({ labels: undefined, problem: undefined });
});

test.each(['{', '{ "labels": "a" }', '{ "labels": [] }', '{ "labels": ["a", ""] }', '{ "labels": ["a", "a"] }'])(
  'wrong labels are said and not used: %s',
  (text) => {
    expect(parseMetadata(text)).toEqual({
      labels: undefined,
      problem: expect.stringMatching(/^metadata\.json: .+; it is served without labels$/),
    });
  },
);
