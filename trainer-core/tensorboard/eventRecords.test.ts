import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHParams, readEvents, readRecords } from '../../test/support/eventFile.js';
import { finishedRecord, openingRecords, scalarRecord } from './eventRecords.js';

const moment = { timeMs: 1_500_000_000_500, globalStep: 40 };
const config = {
  teacher: '/a|b',
  student: { layers: 2, hidden: null },
  corpus: ['x.txt', 'y`z'],
  groupByLength: true,
  restrictCeToMask: false,
  weightDecay: 0,
};

describe('the beginning of a file', () => {
  const opening = Buffer.from(openingRecords(config, moment));

  test('the first record is, byte for byte, what TensorFlow writes', () => {
    const golden = [
      // The length, 24, and its checksum, as every event file of TensorFlow begins.
      '1800000000000000a37f4b22',
      // wall_time, field 1: 1500000000.5 as a double.
      '09000020c00b5ad641',
      // file_version, field 3: 13 bytes, brain.Event:2.
      '1a0d627261696e2e4576656e743a32',
      // The checksum of those 24 bytes, worked out bit by bit.
      '0be205f7',
    ].join('');
    assert.equal(opening.subarray(0, 40).toString('hex'), golden);
  });

  const [version, start, settings, ...more] = readEvents(opening);

  test('a session that starts takes back the steps after the one it goes on from', () => {
    assert.deepEqual(version, { wallTime: 1_500_000_000.5, step: 0, fileVersion: 'brain.Event:2', values: [] });
    assert.deepEqual(start, { wallTime: 1_500_000_000.5, step: 41, sessionStatus: 1, values: [] });
    assert.deepEqual(more, []);
  });

  test('the settings as text', () => {
    const [text] = settings?.values ?? [];
    assert.deepEqual([settings?.step, text?.tag, text?.plugin], [40, 'config', 'text']);
    const lines = text?.text?.split('\n') ?? [];
    assert.deepEqual(lines.slice(0, 4), [
      '| Setting | Value |',
      '| --- | --- |',
      '| teacher | `/a\\|b` |',
      '| student.layers | `2` |',
    ]);
    assert.ok(lines.includes('| student.hidden | `null` |'));
    assert.ok(lines.includes('| corpus | `` ["x.txt","y`z"] `` |'));
  });

  test('the settings as hyperparameters, without those that are not set', () => {
    const [, hparams] = settings?.values ?? [];
    assert.deepEqual([hparams?.tag, hparams?.plugin], ['_hparams_/session_start_info', 'hparams']);
    assert.deepEqual(parseHParams(hparams?.content as Buffer), {
      teacher: '/a|b',
      'student.layers': 2,
      corpus: '["x.txt","y`z"]',
      groupByLength: true,
      restrictCeToMask: false,
      weightDecay: 0,
    });
  });
});

test('scalars are float32, whatever they are', () => {
  const values = [0, -0, 1, 1e-45, -3.5e38, Number.NaN, Number.POSITIVE_INFINITY, 0.1];
  const bytes = Buffer.from(
    scalarRecord(
      values.map((value, index) => [`損失/${index}`, value]),
      moment,
    ),
  );
  const [event, ...more] = readEvents(bytes);
  assert.deepEqual(more, []);
  assert.deepEqual([event?.wallTime, event?.step], [1_500_000_000.5, 40]);
  assert.deepEqual(
    event?.values,
    values.map((value, index) => ({ tag: `損失/${index}`, scalar: Math.fround(value) })),
  );
});

test('steps beyond 32 bits', () => {
  const [event] = readEvents(Buffer.from(scalarRecord([['a', 1]], { ...moment, globalStep: 2 ** 40 + 1 })));
  assert.equal(event?.step, 2 ** 40 + 1);
});

test('the end of a run, for the hparams plugin', () => {
  const [event] = readEvents(Buffer.from(finishedRecord(moment)));
  const [value] = event?.values ?? [];
  assert.deepEqual([value?.tag, value?.plugin], ['_hparams_/session_end_info', 'hparams']);
  // session_end_info, field 4, of 11 bytes: status, field 1: 1 for success; end_time_secs, field 2.
  assert.equal(value?.content?.toString('hex'), '220b080111000020c00b5ad641');
});

test('a file that is cut anywhere still gives its whole records', () => {
  const records = [openingRecords(config, moment), scalarRecord([['losses/loss', 2]], moment)];
  const bytes = Buffer.concat(records);
  const whole = readRecords(bytes);
  assert.equal(whole.length, 4);
  let seen = 0;
  for (let length = 0; length <= bytes.length; length++) {
    const found = readRecords(bytes.subarray(0, length));
    assert.deepEqual(found, whole.slice(0, found.length));
    assert.ok(found.length >= seen);
    seen = found.length;
  }
  assert.equal(seen, whole.length);
});

test('the reader is strict: a flipped bit anywhere is noticed', () => {
  const bytes = Buffer.from(scalarRecord([['losses/loss', 2]], moment));
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 4;
    assert.throws(() => readEvents(flipped), /checksum/, `byte ${at}`);
  }
});
