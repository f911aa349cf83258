/** Students of the sample's teacher, distilled with and without a teacher cache by the real code, in ordinary run folders. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { atomicFile } from '../../../trainer-core/checkpoint/atomicWrite.js';
import { distillConfig } from '../../../trainer-core/protocol/distillConfig.js';
import { runDistill } from '../../../trainer-core/training/distill.js';
import { HeldOut } from '../ablations/heldOut.js';
import type { SampleFiles } from '../ablations/sample.js';

const PARAGRAPHS = 256;
const EPOCHS = 3;
const MAX_LENGTH = 128;

const SETTINGS = {
  student: { layers: 2 },
  corpusSettings: { sequences: 'lines', textDocuments: 'lines' },
  maxSeqLength: MAX_LENGTH,
  batchSize: 16,
  gradientAccumulationSteps: 1,
  learningRate: 5e-4,
  numEpochs: EPOCHS,
  alphaCos: 0,
  restrictCeToMask: true,
  logSteps: 10,
  checkpointSteps: null,
  keepCheckpoints: 1,
  tensorboard: 'off',
};

/** What is kept of the teacher: nothing; 64 pieces a row of one drawing of the pieces to hide; of one for each epoch. */
export const VARIANTS = ['none', 'one drawing', 'three drawings'] as const;
type Variant = (typeof VARIANTS)[number];
const CACHES: Record<Variant, object> = {
  none: {},
  'one drawing': { teacherTopK: 64 },
  'three drawings': { teacherTopK: 64, teacherCacheMasks: EPOCHS },
};

export interface CacheRun {
  variant: Variant;
  seed: number;
  /** On held-out text. */
  scores: { loss: number; kl: number; agreement: number };
  /** Seconds of CPU time: from the corpus to the first step, and in each epoch. */
  before: number;
  epochs: number[];
  /** Of the caches. */
  megabytes: number;
  /** Folder of the student. */
  model: string;
}

export async function trainedWith(variant: Variant, seed: number, files: SampleFiles, out: string): Promise<CacheRun> {
  const place = join(out, `${variant.replace(' ', '-')}-${seed}`);
  rmSync(place, { recursive: true, force: true });
  const text = join(out, 'data', 'part.txt');
  const lines = readFileSync(files.text, 'utf8').split('\n').slice(0, PARAGRAPHS);
  if (!existsSync(text)) await atomicFile(text, `${lines.join('\n')}\n`);
  const paths = { teacher: files.teacher, corpus: [text] };
  const config = distillConfig.parse({ ...SETTINGS, ...CACHES[variant], ...paths, seed });
  const { signal } = new AbortController();
  const run = join(place, 'run');
  const marks: number[] = [];
  const now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  let [built, started] = [0, 0];
  await runDistill(config, {
    out: run,
    resume: false,
    signal,
    onBuilt: () => {
      built = now();
    },
    onEvent: ({ type }) => {
      if (type === 'started') started = now();
      if (type === 'epoch') marks.push(now());
    },
  });
  const caches = join(place, 'teacherCaches');
  const sizes = existsSync(caches)
    ? readdirSync(caches).map((name) => statSync(join(caches, name, 'predictions.bin')).size)
    : [];
  const heldOut = await HeldOut.read(files, MAX_LENGTH, signal);
  const model = join(run, 'final');
  const { loss, kl, agreement } = await heldOut.score(model);
  return {
    variant,
    seed,
    scores: { loss, kl, agreement },
    before: started - built,
    epochs: marks.map((mark, i) => mark - (marks[i - 1] ?? started)),
    megabytes: sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6,
    model,
  };
}
