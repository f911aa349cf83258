import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gradients } from '../autodiff/gradients.js';
import { sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { klDivergenceRows, topKDivergenceRows } from './losses.js';

const VOCABULARY = 6;
const programs = new Map<number, Program>();
after(async () => {
  for (const program of programs.values()) await program.dispose();
});

/** Loss and gradient of one row, of all pieces and of `pieces` only. */
async function losses(student: readonly number[], teacher: readonly number[], pieces: readonly number[]) {
  const k = pieces.length;
  const program = programs.get(k) ?? (await compile(k));
  programs.set(k, program);
  const p = softmax(teacher);
  const rest = p.reduce((sum, x, i) => (pieces.includes(i) ? sum : sum + x), 0);
  const known = [...pieces.map((i) => Math.log(p[i] as number)), k === VOCABULARY ? -65_504 : Math.log(rest)];
  const row = (numbers: readonly number[]) => float32(Float32Array.from(numbers), [1, numbers.length]);
  const feeds = { student: row(student), teacher: row(teacher), known: row(known) };
  const out = await program.run({ ...feeds, pieces: int32(Int32Array.from(pieces), [1, k]) });
  const numbers = (name: string) => [...(out[name]?.data as Float32Array)];
  return { whole: numbers('whole'), topK: numbers('topK'), dWhole: numbers('dWhole'), dTopK: numbers('dTopK') };
}

async function compile(k: number): Promise<Program> {
  const g = new Graph();
  const student = g.input('student', ['rows', VOCABULARY]);
  const whole = klDivergenceRows(g, student, g.input('teacher', ['rows', VOCABULARY]));
  const topK = topKDivergenceRows(
    g,
    student,
    g.input('pieces', ['rows', k], 'int32'),
    g.input('known', ['rows', k + 1]),
  );
  g.output('whole', whole);
  g.output('topK', topK);
  g.output('dWhole', gradients(g, sumAll(g, whole), [student])[0] as Value);
  g.output('dTopK', gradients(g, sumAll(g, topK), [student])[0] as Value);
  return await Program.compile(g, { threads: 1 });
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((x) => Math.exp(x - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((x) => x / sum);
}

const near = (got: readonly number[], wanted: readonly number[], within = 1e-6) =>
  got.forEach((x, i) => {
    assert.ok(Math.abs(x - (wanted[i] as number)) <= within, `${got} instead of ${wanted}`);
  });

test('of all pieces, in any order, it is the whole divergence', async () => {
  const all = [3, 0, 5, 1, 4, 2];
  const { whole, topK, dWhole, dTopK } = await losses([0.3, -1, 2, 0.1, 4, -3], [1, 2, -1, 0, 0.5, 3], all);
  near(topK, whole);
  near(dTopK, dWhole);
});

test('of some it is that of the distributions in which all others are one outcome', async () => {
  const [student, teacher, pieces] = [
    [0.3, -1, 2, 0.1, 4, -3],
    [1, 2, -1, 0, 0.5, 3],
    [5, 1],
  ];
  const merged = (logits: number[]) => {
    const p = softmax(logits);
    const top = pieces.map((i) => p[i] as number);
    return [...top, 1 - top.reduce((a, b) => a + b)];
  };
  const [p, q] = [merged(teacher), merged(student)];
  const expected = p.reduce((sum, x, i) => sum + x * Math.log(x / (q[i] as number)), 0);
  const { topK, dWhole, dTopK } = await losses(student, teacher, pieces);
  near(topK, [expected]);
  // By the logits of the known pieces it is the whole divergence's; by the others' it has the same sum.
  near([dTopK[5] as number, dTopK[1] as number], [dWhole[5] as number, dWhole[1] as number]);
  near([dTopK.reduce((a, b) => a + b)], [0]);
  const shares = [0, 2, 3, 4].map((i) => (dTopK[i] as number) / (softmax(student)[i] as number));
  near(shares, Array(4).fill(shares[0]), 1e-5);
});

test('a student that is sure of the known pieces is still told how much the others should have', async () => {
  const student = [30, 0, 1, 0, 29, 0];
  const { topK, dTopK } = await losses(student, [1, 0.5, 0.5, 0.5, 1, 0.5], [0, 4]);
  const q = softmax(student);
  const others = [1, 2, 3, 5];
  const [restOfTeacher, restOfStudent] = [1, 0].map((teacher) => {
    const of = teacher ? softmax([1, 0.5, 0.5, 0.5, 1, 0.5]) : q;
    return others.reduce((sum, i) => sum + (of[i] as number), 0);
  }) as [number, number];
  assert.ok(restOfStudent < 1e-11, 'as float32, 1 minus the known pieces is 0');
  assert.ok((topK[0] as number) > 0.5 * restOfTeacher * Math.log(restOfTeacher / restOfStudent));
  const expected = others.map((i) => (q[i] as number) * (1 - restOfTeacher / restOfStudent));
  near(
    others.map((i) => dTopK[i] as number),
    expected,
    1e-5,
  );
});
