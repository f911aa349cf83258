import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients } from '../../../trainer-core/autodiff/gradients.js';
import { classificationGraph } from '../../../trainer-core/classify/classificationGraph.js';
import * as b from '../../../trainer-core/graph/build.js';
import { dependencies, Graph } from '../../../trainer-core/graph/graph.js';
import { languageModelGraph } from '../../../trainer-core/training/languageModelGraph.js';
import { teacherGraph } from '../../../trainer-core/training/teacherGraph.js';
import { labelledSymbol, otherSymbol, TEACHER_PREFIX } from '../../../trainer-core/training/vocabularyLosses.js';
import { config } from '../steps.js';
import { matrixWork } from './matrixWork.js';
import { encoderWork, peerWork, type WorkShape } from './modelWork.js';

test('matrix products count twice the product of their three sizes, whatever is transposed; nothing else counts', () => {
  const g = new Graph();
  const x = g.input('x', ['batch', 5]);
  const y = b.gemm(g, x, g.input('w', [7, 5]), null, { transB: true }); // batch × 5 × 7
  const dW = b.gemm(g, y, x, null, { transA: true }); // 7 × batch × 5
  const heads = b.matMul(g, g.input('q', [2, 'batch', 3]), g.input('k', [2, 3, 'batch'])); // 2 × batch × 3 × batch
  b.gemm(g, x, x, null, { transB: true }); // no output needs it
  g.output('dW', b.gelu(g, dW));
  g.output('scores', b.softmax(g, heads));
  assert.equal(matrixWork(g, { batch: 11 }), 2 * (11 * 5 * 7 + 7 * 11 * 5 + 2 * 11 * 3 * 11));
});

const SIZE = { layers: 2, hidden: 16, heads: 2, ffn: 24, vocab: 50, batch: 3, seq: 8, teacherLayers: 4 };
const SHAPE: WorkShape = { ...SIZE, labels: 9 };
const MODEL = config({ ...SIZE, mode: 'finetune', steps: 1, warmup: 0 }, 'distilbert');
const BOUND = { batch: SIZE.batch, sequence: SIZE.seq };

/** What our classifier saves: its last layer works out keys and values of every position, the rest of the first one only. */
function savedByFirstToken({ hidden: h, ffn: f, batch, seq }: WorkShape): number {
  const others = batch * (seq - 1);
  return 2 * others * (2 * h * h + 2 * seq * h + 2 * h * f);
}

test("a classifier's forward pass is the formula's, but for what the last layer leaves out", () => {
  const { graph, logits } = classificationGraph(MODEL, false);
  graph.output('logits', logits);
  assert.equal(matrixWork(graph, BOUND), peerWork('infer', SHAPE, 0) - savedByFirstToken(SHAPE));
});

test('forward and backward of fine-tuning are three times the forward pass', () => {
  const { graph, logits } = classificationGraph(MODEL, true);
  graph.output('logits', logits);
  const parameters = graph.inputsOf('parameter').map(({ value }) => value);
  gradients(graph, b.sumAll(graph, logits), parameters).forEach((gradient, i) => {
    graph.output(`${i}`, gradient);
  });
  assert.equal(matrixWork(graph, BOUND), 3 * (peerWork('infer', SHAPE, 0) - savedByFirstToken(SHAPE)));
});

test('student and teacher of a distillation come to the formula', () => {
  const [student, teacher] = [MODEL, config({ ...SIZE, mode: 'distill', steps: 1, warmup: 0 }, 'bert')];
  const [weights, chunks] = [
    { ce: 5, mlm: 2, cos: 1 },
    { labelledChunks: 1, otherChunks: 1 },
  ];
  const losses = { weights, temperature: 2, restrictCeToMask: false };
  const { graph, total } = languageModelGraph({ ...losses, ...chunks, student, teacher, attentionMask: true });
  const reached = dependencies(total);
  const trained = graph.inputsOf('parameter').filter(({ name }) => !name.startsWith(TEACHER_PREFIX));
  const parameters = trained.map(({ value }) => value).filter((value) => reached.has(value));
  gradients(graph, total, parameters).forEach((gradient, i) => {
    graph.output(`${i}`, gradient);
  });
  const rows = SIZE.batch * SIZE.seq;
  const bound = { ...BOUND, rows, [labelledSymbol(0)]: 4, [otherSymbol(0)]: rows - 4 };
  const work = matrixWork(graph, bound) + matrixWork(teacherGraph(teacher, true), bound);
  assert.equal(work, peerWork('distill', SHAPE, SIZE.teacherLayers));
});

test("DistilBERT-base's layers, 4 sequences of 128, by hand", () => {
  // A layer: 4 · 768², 2 · 128 · 768 and 2 · 768 · 3072 multiply-adds for each of 512 positions.
  const perPosition = 2_359_296 + 196_608 + 4_718_592;
  const base = { layers: 6, hidden: 768, ffn: 3072, vocab: 32_000, labels: 9, batch: 4, seq: 128 };
  assert.equal(encoderWork(base), 2 * 6 * 512 * perPosition);
});
