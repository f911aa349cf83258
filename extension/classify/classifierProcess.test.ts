import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClassifierEnded } from './classifierEnded.js';
import { ClassifierProcess, classifiedLine } from './classifierProcess.js';

/** A program that speaks the classifier's line protocol: the label is the text's length; the text "crash" ends it with an error. */
const PROGRAM = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (text) => {
  if (text === 'noise') return console.log('no JSON');
  if (text === 'silence') return;
  if (text === 'crash') { console.error(JSON.stringify({ code: 'engineFailed', data: { reason: 'asked to' } })); process.exit(1); }
  const label = String(text.length);
  console.log(JSON.stringify({ text, label, score: 1, scores: { [label]: 1 } }));
});`;

const start = () =>
  new ClassifierProcess({ command: process.execPath, args: ['-e', PROGRAM], env: {} }, classifiedLine);

describe('ClassifierProcess', () => {
  it('answers in order, also for calls that overlap', async () => {
    const classifier = start();
    const [first, second] = await Promise.all([
      classifier.classify(['ab', 'abc']),
      classifier.classify(['日本語です']),
    ]);
    assert.deepEqual(
      first.map(({ label }) => label),
      ['2', '3'],
    );
    assert.deepEqual(
      second.map(({ label }) => label),
      ['5'],
    );
    classifier.dispose();
  });

  it('keeps one text one question, whatever line breaks it holds', async () => {
    const classifier = start();
    const answers = await classifier.classify(['一行目\r\n  二行目', 'a\u2028b']);
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['一行目 二行目', 'a b'],
    );
    classifier.dispose();
  });

  it('rejects every waiting call when the process ends, with what it said', async () => {
    const classifier = start();
    const calls = await Promise.allSettled([classifier.classify(['crash']), classifier.classify(['never'])]);
    for (const call of calls) {
      assert.equal(call.status, 'rejected');
      assert.ok(call.reason instanceof ClassifierEnded);
      assert.match(call.reason.stderr, /engineFailed/);
    }
    assert.equal(classifier.alive, false);
    await assert.rejects(classifier.classify(['later']), ClassifierEnded);
  });

  it('rejects when there is no such program', async () => {
    const classifier = new ClassifierProcess({ command: '/nonexistent/node', args: [], env: {} }, classifiedLine);
    await assert.rejects(classifier.classify(['text']), ClassifierEnded);
  });

  it('stops sending when it is aborted, keeps what is answered, and answers the next call', async () => {
    const classifier = start();
    const controller = new AbortController();
    const texts = Array.from({ length: 1000 }, (_, index) => String(index));
    const counts: number[] = [];
    const answers = await classifier.classify(texts, {
      signal: controller.signal,
      onAnswer: (done) => {
        counts.push(done);
        if (done === 100) controller.abort();
      },
    });
    assert.deepEqual(
      answers.map(({ text }) => text),
      texts.slice(0, 100),
    );
    assert.deepEqual(
      counts,
      texts.slice(0, 100).map((_, index) => index + 1),
    );
    // Of the thousand at most two batches were sent: this answer comes behind them.
    const [next] = await classifier.classify(['日本']);
    assert.equal(next?.text, '日本');
    classifier.dispose();
  });

  it('is aborted also while no answer comes', async () => {
    const classifier = start();
    const controller = new AbortController();
    const answers = classifier.classify(['silence'], { signal: controller.signal });
    assert.equal(classifier.warm, false);
    controller.abort();
    assert.deepEqual(await answers, []);
    classifier.dispose();
  });

  it('has at most 64 texts in flight', async () => {
    const classifier = start();
    const texts = Array.from({ length: 65 }, (_, index) => (index === 64 ? 'crash' : 'x'));
    const counts: number[] = [];
    await assert.rejects(classifier.classify(texts, { onAnswer: (done) => counts.push(done) }), ClassifierEnded);
    // The 65th ends the process, so had it been sent along, answers before it could be lost.
    assert.equal(counts.at(-1), 64);
    assert.equal(classifier.warm, true);
  });

  it('ends when it says something else than answers', async () => {
    const classifier = start();
    await assert.rejects(classifier.classify(['noise', 'text']), ClassifierEnded);
    assert.equal(classifier.alive, false);
  });

  it('ends with dispose', async () => {
    const classifier = start();
    await classifier.classify(['warm']);
    const waiting = classifier.classify(Array.from({ length: 2000 }, () => 'x'.repeat(2000)));
    classifier.dispose();
    assert.equal(classifier.alive, false);
    await assert.rejects(waiting, (error) => error instanceof ClassifierEnded && error.stopped);
  });
});
