/** The benchmark of a teacher's forward pass: float32 and int8 in turn, on the same run of sequences. */
import { availableParallelism } from 'node:os';
import { classificationFeeds } from '../../trainer-core/classify/classificationGraph.js';
import { padBatch } from '../../trainer-core/corpus/batches.js';
import type { TeacherPrecision } from '../../trainer-core/protocol/distillConfig.js';
import { cpuDevice } from '../../trainer-core/runtime/devices.js';
import { int32 } from '../../trainer-core/runtime/hostTensor.js';
import { TeacherProgram, teacherBytes } from '../../trainer-core/training/teacher.js';
import { PREDICTIONS } from '../../trainer-core/training/teacherGraph.js';
import { randomTeacher } from './distillation.js';
import { type BenchOptions, config, median, round, sequences } from './steps.js';

/** Those that a CPU gains by. */
const PRECISIONS = ['fp32', 'int8'] as const satisfies readonly TeacherPrecision[];

/** Times `rounds` forward passes of each precision, after one of each that does not count. */
export async function benchmarkTeacher(options: BenchOptions, rounds: number): Promise<Record<string, unknown>> {
  const threads = options.threads ?? availableParallelism();
  const teacher = config(options, 'bert');
  const tokens = options.batch * options.seq;
  const all = (count: number) => Array.from({ length: count }, (_, i) => i);
  const feeds = {
    ...classificationFeeds(padBatch(sequences(options), Uint32Array.from(all(options.batch)), 0)),
    rows: int32(Int32Array.from(all(tokens)), [tokens]),
  };
  const programs = new Map<TeacherPrecision, { program: TeacherProgram; MiB: number; s: number[]; cpu: number[] }>();
  for (const precision of PRECISIONS) {
    const made = await randomTeacher(teacher, precision);
    const program = await TeacherProgram.compile(made, true, PREDICTIONS, cpuDevice(threads));
    programs.set(precision, { program, MiB: teacherBytes(made) / 2 ** 20, s: [], cpu: [] });
  }
  for (let i = 0; i <= rounds; i++) {
    for (const { program, s, cpu } of programs.values()) {
      const [before, start] = [process.cpuUsage(), performance.now()];
      await program.run(feeds);
      if (i === 0) continue;
      s.push((performance.now() - start) / 1000);
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1e6);
    }
  }
  const figures = [...programs].map(([precision, { MiB, s, cpu }]) => [
    precision,
    {
      median_s: round(median(s)),
      min_s: round(Math.min(...s)),
      cpu_s_median: round(median(cpu)),
      tokens_per_cpu_s: round(tokens / median(cpu)),
      weights_MiB: round(MiB),
    },
  ]);
  for (const { program } of programs.values()) await program.dispose();
  return {
    mode: 'teacher',
    threads,
    layers: options.teacherLayers,
    hidden: options.hidden,
    tokens,
    rounds,
    ...Object.fromEntries(figures),
  };
}
