import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClassifierEnded, ClassifierProcess } from './classifierProcess.js';

/** A program that speaks the classifier's line protocol: the label is the text's length; the text "crash" ends it with an error. */
const PROGRAM = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (text) => {
  if (text === 'crash') { console.error(JSON.stringify({ code: 'engineFailed', data: { reason: 'asked to' } })); process.exit(1); }
  const label = String(text.length);
  console.log(JSON.stringify({ text, label, score: 1, scores: { [label]: 1 } }));
});`;

const start = () => new ClassifierProcess({ command: process.execPath, args: ['-e', PROGRAM], env: {} });

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
    const classifier = new ClassifierProcess({ command: '/nonexistent/node', args: [], env: {} });
    await assert.rejects(classifier.classify(['text']), ClassifierEnded);
  });

  it('ends with dispose', async () => {
    const classifier = start();
    await classifier.classify(['warm']);
    const waiting = classifier.classify(Array.from({ length: 2000 }, () => 'x'.repeat(2000)));
    classifier.dispose();
    await assert.rejects(waiting, ClassifierEnded);
  });
});
