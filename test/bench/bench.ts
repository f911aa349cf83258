/**
 * `npm run bench`: times one step of the real training and inference code with random weights and prints one JSON object;
 * `--vs-torch` runs the PyTorch peer in turn with it and prints the ratio.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TEACHER_PRECISIONS } from '../../trainer-core/protocol/distillConfig.js';
import { ablations } from './ablations/ablations.js';
import { benchCorpus } from './corpus/corpus.js';
import { compareOnDevice } from './device/compare.js';
import { DEVICE_FLAGS, DEVICE_HELP, deviceOptions } from './device/flags.js';
import { benchmarkDistillation, type DistillationOptions } from './distillation.js';
import { benchExported } from './exported.js';
import { benchLoop } from './loop/loop.js';
import { profileAll } from './profile.js';
import { benchmark, MODES } from './steps.js';
import { benchmarkTeacher } from './teacher.js';
import { benchTeacherCache } from './teacherCache/teacherCache.js';
import { compareWithTorch } from './versusTorch.js';

const HELP = `npm run bench -- --mode dashboard
  frames of the training dashboard in Chromium, with 100,000 points a curve (installs what the workbench needs)
npm run bench -- --mode corpus [options]
  from a Wikipedia dump to a corpus: extraction, building, scaling, memory
  --dump FILE    .xml or .xml.bz2 whose pages are repeated (the few pages of the tests)
  --megabytes N  up to so much XML (200)         --rounds N   rounds in turn (3)
  --memory       only memory, over the time of one build with default settings
npm run bench -- --mode ablations [options]
  students of the sample's teacher, one setting changed in each; goes on where it was stopped, and does no run twice
  --out DIR      runs, results and table.md (runs/ablations)   --seeds 1,2,3
  --epochs E     passes over the text, of 20,000 sequences (0.04)   --only NAME,...   some of test/bench/ablations/variants.ts
npm run bench -- --mode teacher [options]
  a teacher's forward pass in float32 and in int8, in turn: --batch B (8), --seq S (128), --rounds N, its shape as below
npm run bench -- --mode export [--seq 32] [--steps 100] [--rounds 3]
  a DistilBERT of random weights exported as ONNX: sizes, and one sequence by plain onnxruntime and by the PyTorch peer in turn
npm run bench -- --mode teacher-cache [options]
  the error of keeping only the teacher's k most probable pieces, and students of the sample's teacher with and without a cache
  --out DIR      runs and data (runs/teacher-cache)   --seeds 1,2,3
npm run bench -- --mode loop [--steps 20]
  memory and time of CUDA's way of training beside the host's step, both on the CPU (Linux)
${DEVICE_HELP}
npm run bench -- --mode kit [--out bench-kit] [--archive]
  a folder with which these run on a machine without a network, by its run.sh; --archive also packs it
npm run bench -- --mode finetune|distill|infer [options]
  on the CPU, step by step; distill: steps of the published recipe on the sample's Wikipedia text, a sequence a line; the others: one batch of one length
  --batch B      sequences in a batch (finetune 32, distill 5, infer 1)
  --seq S        pieces in a sequence (finetune 128, infer 32; distill: at most 512)
  --accumulation N  distill: batches of an optimiser step (50)
  --teacher-top-k K  distill: a step that reads K pieces a row from a teacher cache and runs no teacher
  --steps N      timed steps (finetune 5, distill 1, infer 100)
  --warmup N     steps before them (finetune 2, infer 10; distill: one of 5 batches)
  --layers 6  --teacher-layers 12  --hidden 768  --heads 12  --ffn 3072  --vocab 32000
  --teacher-precision fp32|int8  distill: of the teacher's linear layers (fp32)
  --threads N    threads of the engine (all cores)
  --profile NAME a profile of every op (Chrome trace format) for each graph: NAME, its time, .json
  --vs-torch     the PyTorch peer in turn with ours, --rounds N times (3); prints both and the ratio of medians`;

const { values } = parseArgs({
  options: {
    ...DEVICE_FLAGS,
    help: { type: 'boolean' },
    mode: { type: 'string' },
    batch: { type: 'string' },
    seq: { type: 'string' },
    steps: { type: 'string' },
    warmup: { type: 'string' },
    layers: { type: 'string', default: '6' },
    'teacher-layers': { type: 'string', default: '12' },
    hidden: { type: 'string', default: '768' },
    heads: { type: 'string', default: '12' },
    ffn: { type: 'string', default: '3072' },
    vocab: { type: 'string', default: '32000' },
    threads: { type: 'string' },
    profile: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    accumulation: { type: 'string', default: '50' },
    'teacher-precision': { type: 'string', default: 'fp32' },
    'micro-batches': { type: 'string' },
    'teacher-top-k': { type: 'string' },
    'vs-torch': { type: 'boolean' },
    dump: { type: 'string' },
    megabytes: { type: 'string', default: '200' },
    memory: { type: 'boolean', default: false },
    out: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    epochs: { type: 'string', default: '0.04' },
    only: { type: 'string' },
    archive: { type: 'boolean' },
  },
});

if (values.device !== undefined && !values.help) {
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`;
  console.log(JSON.stringify(await compareOnDevice(deviceOptions(values, command))));
  process.exit(0);
}

if (values.mode === 'kit') {
  // esbuild, which it asks what the programs need, is not there where a kit runs.
  const { makeKit, packKit } = await import('./device/kit.js');
  const kit = await makeKit(resolve(values.out ?? 'bench-kit'));
  console.log(JSON.stringify(values.archive ? { ...kit, ...packKit(kit.folder) } : kit));
  process.exit(0);
}

if (values.mode === 'dashboard') {
  // A script beside the browser's other ones, which are no part of the compiled tests.
  const frames = new URL('../../../test/dashboard/frames.mjs', import.meta.url).href;
  const { measureFrames } = (await import(frames)) as { measureFrames(): Promise<unknown> };
  console.log(JSON.stringify(await measureFrames()));
  process.exit(0);
}

if (values.mode === 'corpus') {
  const { dump, megabytes, rounds, memory } = values;
  const options = { megabytes: Number(megabytes), rounds: Number(rounds), memory };
  console.log(JSON.stringify(await benchCorpus({ ...options, ...(dump === undefined ? {} : { dump }) })));
  process.exit(0);
}

if (values.mode === 'loop') {
  for (const result of benchLoop(Number(values.steps ?? 20))) console.log(JSON.stringify(result));
  process.exit(0);
}

if (values.mode === 'ablations') {
  const { out = 'runs/ablations', only } = values;
  const [epochs, ...seeds] = [values.epochs, ...values.seeds.split(',')].map(Number) as [number, ...number[]];
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const options = { out, seeds, epochs, only: only?.split(',') ?? null };
  console.log(await ablations({ ...options, signal: stop.signal, say: (line) => console.error(line) }));
  process.exit(stop.signal.aborted ? 1 : 0);
}

if (values.mode === 'export') {
  const [layers, hidden, heads, ffn, vocab] = [
    values.layers,
    values.hidden,
    values.heads,
    values.ffn,
    values.vocab,
  ].map(Number) as [number, number, number, number, number];
  const { seq = '32', steps = '100', warmup = '10', threads } = values;
  const shape = { layers, hidden, heads, ffn, vocab, seq: Number(seq), steps: Number(steps), warmup: Number(warmup) };
  const result = await benchExported(shape, Number(values.rounds), Number(threads ?? availableParallelism()));
  console.log(JSON.stringify(result));
  process.exit(0);
}

if (values.mode === 'teacher-cache') {
  const { out = 'runs/teacher-cache', seeds } = values;
  const say = (line: string) => console.error(line);
  console.log(await benchTeacherCache({ out, seeds: seeds.split(',').map(Number), say }));
  process.exit(0);
}

const mode = MODES.find((each) => each === values.mode);
const precision = TEACHER_PRECISIONS.find((each) => each === values['teacher-precision']);
if (values.help || !mode || !precision || (mode === 'teacher' && values['vs-torch'])) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

/** What the options are by default. */
const defaults = {
  finetune: { batch: 32, seq: 128, steps: 5, warmup: 2 },
  distill: { batch: 5, seq: 512, steps: 1, warmup: 5 },
  infer: { batch: 1, seq: 32, steps: 100, warmup: 10 },
  teacher: { batch: 8, seq: 128, steps: 0, warmup: 0 },
}[mode];
const number = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text));
const options: DistillationOptions = {
  mode,
  batch: number(values.batch, defaults.batch),
  seq: number(values.seq, defaults.seq),
  steps: number(values.steps, defaults.steps),
  warmup: number(values.warmup, defaults.warmup),
  layers: Number(values.layers),
  teacherLayers: Number(values['teacher-layers']),
  hidden: Number(values.hidden),
  heads: Number(values.heads),
  ffn: Number(values.ffn),
  vocab: Number(values.vocab),
  accumulation: Number(values.accumulation),
  teacherPrecision: precision,
  ...(values['micro-batches'] === undefined ? {} : { microBatches: values['micro-batches'] }),
  ...(values['teacher-top-k'] === undefined ? {} : { topK: Number(values['teacher-top-k']) }),
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
};
if (values.profile !== undefined) profileAll(values.profile);
const rounds = Number(values.rounds);
const ours = () => {
  if (mode === 'teacher') return benchmarkTeacher(options, rounds);
  return mode === 'distill' ? benchmarkDistillation(options) : benchmark(options);
};
const result = values['vs-torch'] ? compareWithTorch(options, rounds) : await ours();
console.log(JSON.stringify(result));
