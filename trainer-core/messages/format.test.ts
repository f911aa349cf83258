import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusSettings } from '../protocol/corpusSettings.js';
import type { DeviceFault } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';
import { chooseLanguage, wordsFor } from './format.js';
import { size } from './words.js';

test('the language follows the locale as POSIX orders its variables', () => {
  assert.equal(chooseLanguage({ LANG: 'ja_JP.UTF-8' }), 'ja');
  assert.equal(chooseLanguage({ LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }), 'en');
  assert.equal(chooseLanguage({ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ja' }), 'ja');
  assert.equal(chooseLanguage({ LANG: 'jam_JM' }), 'en');
  assert.equal(chooseLanguage({}), 'en');
});

const samples = [
  new TrainerError('columnCount', { file: 'a.tsv', line: 7, expected: 2, got: 3, format: 'tsv' }),
  new TrainerError('configUnknownKey', {
    file: 'a.json',
    line: 3,
    key: 'teachr',
    nearest: 'teacher',
    known: ['teacher'],
  }),
  new TrainerError('configUnknownKey', { file: 'a.json', line: 3, key: 'zebra', nearest: null, known: ['teacher'] }),
  new TrainerError('configOutOfRange', {
    file: '--batch-size',
    line: null,
    key: 'batchSize',
    atLeast: 1,
    moreThan: null,
    atMost: null,
    lessThan: null,
    got: '0',
  }),
  new TrainerError('tensorsMisshapen', { file: 'm', tensors: [{ name: 'a.weight', expected: [2, 3], got: [3] }] }),
  new TrainerError('corpusTooSmall', {
    file: 'b.xml',
    sequences: 0,
    why: {
      settings: corpusSettings.parse({ minChars: 20 }),
      documents: { read: 3, kept: 1, dropped: { otherNamespace: 0, redirect: 2, disambiguation: 0, noText: 0 } },
      sentences: { read: 4, kept: 0, dropped: { tooFewChars: 4, tooManyChars: 0 } },
      sequences: { made: 0, cut: 0, dropped: { tooFewTokens: 0, tooManyUnknown: 0, duplicate: 0 } },
    },
  }),
  new TrainerError('corpusBuildDiffers', {
    folder: 'c',
    isFinished: true,
    differences: [{ key: 'lists', there: 'false', asked: null }],
  }),
  new TrainerError('lossNotFinite', { globalStep: 9, checkpoint: null }),
  new TrainerError('usage', { problem: 'unknown-option', option: '--lr', nearest: null, command: 'distill' }),
];

test('errors name the place and the values in both languages', () => {
  const facts = ['a.tsv:7', 'teacher', 'zebra', '--batch-size', '[2, 3]', '20', 'lists', '9', '--lr'];
  samples.forEach((sample, i) => {
    for (const language of ['en', 'ja'] as const) {
      const { message, action } = wordsFor(sample, language);
      assert.ok(`${message} ${action}`.includes(facts[i]!), message);
      assert.doesNotMatch(message + action, /undefined|null|NaN|\[object/);
      assert.equal(/[ぁ-ん]/.test(message), language === 'ja', message);
    }
  });
});

test('what to do about a missing device begins with the mend, or where there is none with the devices that are here', () => {
  const begins = (language: 'en' | 'ja', reason: DeviceFault | null) =>
    wordsFor(new TrainerError('deviceUnavailable', { device: 'toaster', reason, available: ['cpu'] }), language).action;
  assert.match(begins('en', null), /^Set device to "cpu", or to "auto";/);
  assert.match(begins('ja', null), /^device を "cpu"、または "auto" に/);
  assert.match(begins('en', { code: 'noAdapter' }), /^Install .* driver\. Or set device to "cpu", or to "auto";/);
  assert.match(begins('ja', { code: 'noAdapter' }), /^GPU .*　または device を "cpu"、または "auto" に/);
});

test('bytes are told in the largest unit', () => {
  assert.deepEqual([0, 1023, 1024, 10 * 2 ** 20].map(size), ['0 bytes', '1023 bytes', '1.0 KiB', '10.0 MiB']);
});
