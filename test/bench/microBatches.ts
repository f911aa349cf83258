/**
 * Run as `microBatches.js FILE OPTIONS`: writes the micro-batches that both sides of the distillation benchmark train on, so that
 * neither has a tokenizer in its memory. Each line is one, as JSON: a list of sequences, each a list of ids.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { groupedBatches } from '../../trainer-core/corpus/batches.js';
import { Random } from '../../trainer-core/corpus/random.js';
import { sampleCorpus } from '../../trainer-core/corpusBuilder/sampleCorpus.js';
import { loadTokenizer } from '../../trainer-core/hub/modelFiles.js';
import { corpusSettings } from '../../trainer-core/protocol/corpusSettings.js';

export interface MicroBatchOptions {
  /** The text, a sequence a line. */
  text: string;
  maxLength: number;
  /** Sequences in a micro-batch. */
  batch: number;
  count: number;
  /** Ids stay below it. */
  vocab: number;
}

/** A micro-batch: the ids of each sequence. */
export type MicroBatch = number[][];

const PROGRAM = fileURLToPath(import.meta.url);
const VOCABULARY = fileURLToPath(new URL('../../../media/vocab/vocab.txt', import.meta.url));

/** Writes the file in a process of its own. */
export function writeMicroBatches(file: string, options: MicroBatchOptions): void {
  execFileSync(process.execPath, [PROGRAM, file, JSON.stringify(options)], { stdio: 'inherit' });
}

export function readMicroBatches(file: string): MicroBatch[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as MicroBatch);
}

/**
 * Micro-batches as the reference's sampler makes them of the text: like lengths together, in random order. The first is the largest
 * of all, for the memory that a training of an epoch would come to.
 */
async function microBatches({ text, maxLength, batch, count, vocab }: MicroBatchOptions): Promise<MicroBatch[]> {
  const { store } = await sampleCorpus({
    inputs: [text],
    settings: corpusSettings.parse({ sequences: 'lines', textDocuments: 'lines' }),
    maxSeqLength: maxLength,
    tokenizer: loadTokenizer(VOCABULARY, 32_000),
    limitBytes: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  });
  const random = Random.fromSeed(0);
  const size = (examples: Uint32Array) =>
    examples.length * examples.reduce((longest, i) => Math.max(longest, store.lengths[i] as number), 0);
  const all = [...groupedBatches(store.lengths, batch, maxLength, random.fork('groups')).shuffle(random)];
  const largest = all.reduce((most, each) => (size(each) > size(most) ? each : most));
  const inVocabulary = (id: number) => (id < vocab ? id : 5 + (id % (vocab - 5)));
  return [largest, ...all.filter((each) => each !== largest)]
    .slice(0, count)
    .map((examples) => Array.from(examples, (i) => Array.from(store.at(i), inVocabulary)));
}

if (process.argv[1] === PROGRAM) {
  const [, , file, options] = process.argv as [string, string, string, string];
  const made = await microBatches(JSON.parse(options) as MicroBatchOptions);
  writeFileSync(file, `${made.map((each) => JSON.stringify(each)).join('\n')}\n`);
}
