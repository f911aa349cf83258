import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sink } from '../../test/support/testTerminal.js';
import type { RunEvent } from '../protocol/events.js';
import { Progress } from './progress.js';
import { displayWidth } from './width.js';

function step(globalStep: number, losses: Record<string, number> = {}): RunEvent {
  return {
    type: 'step',
    globalStep,
    totalSteps: 1000,
    epoch: globalStep / 1000,
    losses: { total: 12.3456, ...losses },
    learningRate: 1e-4,
    gradNorm: 1,
    tokensPerSecond: 1234.5,
    secondsLeft: 3725,
  };
}

function progressOn(stream: Sink, language: 'en' | 'ja' = 'en') {
  const clock = { ms: 0 };
  const progress = new Progress({
    stream,
    language,
    resumeCommand: 'distilbert-studio x --resume',
    now: () => clock.ms,
  });
  return { progress, clock };
}

test('a log gets a line every ten seconds and the last step', () => {
  const stream = new Sink();
  const { progress, clock } = progressOn(stream);
  for (let i = 1; i <= 25; i++) {
    progress.onEvent(step(i));
    clock.ms += 1000;
  }
  progress.end();
  const steps = stream.text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('/')[0]);
  assert.deepEqual(steps, ['1', '11', '21', '25']);
  assert.match(stream.text, /25\/1,000 .* loss 12\.3 {2}1,235 tok\/s {2}1h02m left\n/);
});

test('a terminal gets one line that is written over, within its columns', () => {
  const stream = Object.assign(new Sink(), { isTTY: true, columns: 80 });
  const { progress, clock } = progressOn(stream, 'ja');
  for (let i = 1; i <= 3; i++) {
    progress.onEvent(step(i * 300, { ce: 1.2345, mlm: 10.5, cos: 0.1234 }));
    clock.ms += 200;
  }
  progress.end();
  assert.equal(stream.text.split('\n').length, 2);
  const shown = stream.text.trimEnd().split('\r\x1b[2K').slice(1);
  assert.equal(shown.length, 3);
  for (const line of shown) assert.ok(displayWidth(line) < 80, line);
  assert.match(shown[2]!, /残り 1h02m$/);
});

test('the losses give way on a narrow terminal, the line is cut on a very narrow one', () => {
  for (const columns of [40, 60]) {
    const stream = Object.assign(new Sink(), { isTTY: true, columns });
    const { progress } = progressOn(stream);
    progress.onEvent(step(1000, { ce: 1.2345, mlm: 10.5, cos: 0.1234 }));
    progress.end();
    const line = stream.text.replace('\r\x1b[2K', '').trimEnd();
    assert.ok(displayWidth(line) < columns, line);
    assert.match(line, /loss 12\.3/);
    assert.doesNotMatch(line, /mlm/);
  }
});

test('the load of a graphics card is told where there is room for it', () => {
  const shownIn = (columns: number, losses: Record<string, number>) => {
    const stream = Object.assign(new Sink(), { isTTY: true, columns });
    const { progress } = progressOn(stream);
    progress.onEvent({ ...step(400, losses), device: { utilization: 0.964 } } as RunEvent);
    progress.end();
    return stream.text.replace('\r\x1b[2K', '').trimEnd();
  };
  assert.match(shownIn(80, {}), /^400\/1,000 ━━━━╌╌╌╌╌╌ {2}loss 12\.3 {2}1,235 tok\/s {2}GPU 96 % {2}1h02m left$/);
  assert.match(shownIn(80, { ce: 1.2345, mlm: 10.5 }), /^400\/1,000 {2}loss .* GPU 96 % {2}1h02m left$/);
  assert.doesNotMatch(shownIn(60, { ce: 1.2345, mlm: 10.5, cos: 0.1234 }), /GPU/);
});

test('a stopped run says how to go on', () => {
  const stream = new Sink();
  const { progress } = progressOn(stream);
  progress.onEvent({ type: 'stopped', globalStep: 7, folder: 'runs/a' });
  assert.match(stream.text, /step 7.*runs\/a\.\n.*distilbert-studio x --resume\n/);
});

test('what a run computes in is told with the reason, and a scale that fell too low with the setting to change', () => {
  for (const [language, choices, low] of [
    [
      'en',
      [/fp16: .* agrees/, /fp32: .* differs/, /fp32: .* overflows/, /fp32: .* fails: no f16$/, /fp32: .* no finite/],
      /step 1,234 .*--precision fp32/,
    ],
    [
      'ja',
      [/fp16 .*一致/, /fp32 .*許容範囲/, /fp32 .*桁あふれ/, /fp32 .*失敗しました: no f16$/, /fp32 .*有限の数/],
      /ステップ 1,234 .*--precision fp32/,
    ],
  ] as const) {
    const stream = new Sink();
    const { progress } = progressOn(stream, language);
    const common = { type: 'precision', globalStep: 0, microBatches: 8, figures: null } as const;
    progress.onEvent({ ...common, precision: 'fp16', reason: 'agrees' });
    progress.onEvent({ ...common, precision: 'fp32', reason: 'differs' });
    progress.onEvent({ ...common, precision: 'fp32', reason: 'overflows' });
    progress.onEvent({ ...common, precision: 'fp32', reason: 'fails', failure: 'no f16' });
    progress.onEvent({ ...common, precision: 'fp32', reason: 'notFinite' });
    progress.onEvent({ type: 'lossScaleLow', globalStep: 1234, lossScale: 0.5 });
    const lines = stream.text.trimEnd().split('\n');
    assert.equal(lines.length, 6);
    for (const [i, pattern] of [...choices, low].entries()) assert.match(lines[i] as string, pattern);
  }
});
