/**
 * `npm run bench`: times one step of the real training and inference code with random weights and prints one JSON object;
 * `--vs-torch` runs the PyTorch peer in turn with it and prints the ratio.
 */
import { parseArgs } from 'node:util';
import { benchCorpus } from './corpus/corpus.js';
import { type BenchOptions, benchmark, MODES } from './steps.js';
import { compareWithTorch } from './versusTorch.js';

const HELP = `npm run bench -- --mode dashboard
  frames of the training dashboard in Chromium, with 100,000 points a curve (installs what the workbench needs)
npm run bench -- --mode corpus [options]
  from a Wikipedia dump to a corpus: extraction, building, scaling, memory
  --dump FILE    .xml or .xml.bz2 whose pages are repeated (the few pages of the tests)
  --megabytes N  up to so much XML (200)         --rounds N   rounds in turn (3)
  --memory       only memory, over the time of one build with default settings
npm run bench -- --mode finetune|distill|infer [options]
  --batch B      sequences in a batch (finetune 32, distill 16, infer 1)
  --seq S        pieces in a sequence (finetune and distill 128, infer 32)
  --steps N      timed steps (5; infer 100)      --warmup N   steps before them (2; infer 10)
  --layers 6  --teacher-layers 12  --hidden 768  --heads 12  --ffn 3072  --vocab 32000
  --threads N    threads of the engine (all cores)
  --profile FILE writes the engine's profile of every op (Chrome trace format)
  --vs-torch     the PyTorch peer in turn with ours, --rounds N times (3); prints both and the ratio of medians`;

const { values } = parseArgs({
  options: {
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
    'vs-torch': { type: 'boolean' },
    dump: { type: 'string' },
    megabytes: { type: 'string', default: '200' },
    memory: { type: 'boolean', default: false },
  },
});

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

const mode = MODES.find((each) => each === values.mode);
if (values.help || !mode) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const infer = mode === 'infer';
const number = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text));
const options: BenchOptions = {
  mode,
  batch: number(values.batch, infer ? 1 : mode === 'distill' ? 16 : 32),
  seq: number(values.seq, infer ? 32 : 128),
  steps: number(values.steps, infer ? 100 : 5),
  warmup: number(values.warmup, infer ? 10 : 2),
  layers: Number(values.layers),
  teacherLayers: Number(values['teacher-layers']),
  hidden: Number(values.hidden),
  heads: Number(values.heads),
  ffn: Number(values.ffn),
  vocab: Number(values.vocab),
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
  ...(values.profile === undefined ? {} : { profile: values.profile }),
};
const result = values['vs-torch'] ? compareWithTorch(options, Number(values.rounds)) : await benchmark(options);
console.log(JSON.stringify(result));
