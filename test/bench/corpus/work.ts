/** A process that does one piece of a corpus's work, for `measured.ts`: `node work.js JSON`; prints a `Measured` as its last line. */
import { rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildCorpus } from '../../../trainer-core/corpusBuilder/buildCorpus.js';
import { ChunkBuilder } from '../../../trainer-core/corpusBuilder/chunkBuilder.js';
import { documentsOf } from '../../../trainer-core/documents/documentsOf.js';
import { findInputs } from '../../../trainer-core/documents/findInputs.js';
import { readChunks } from '../../../trainer-core/documents/readChunks.js';
import { corpusSettings } from '../../../trainer-core/protocol/corpusSettings.js';
import type { Unpacker } from '../../../trainer-core/protocol/jobs.js';
import { JapaneseTokenizer } from '../../../trainer-core/tokenizer/tokenizer.js';
import { cpuTime } from './linuxProcess.js';

/** What is to be done with a dump. */
export type Work =
  /** Text is made in one thread and thrown away. */
  | { kind: 'extract'; file: string; by?: Unpacker }
  /** Sequences are made in one thread and thrown away: what a worker does, without workers. */
  | { kind: 'sequences'; file: string }
  /** A corpus is built, and removed unless it is to be kept. */
  | { kind: 'build'; file: string; out: string; workers?: number; keep?: boolean };

export interface Measured {
  /** Seconds of the clock, and of processors. */
  wall: number;
  cpu: number;
  mainThread: number;
  programs: number;
  /** UTF-8. */
  textBytes: number;
  /** Of this process alone. */
  peakRssBytes: number;
}

const vocabFile = fileURLToPath(new URL('../../../../media/vocab/vocab.txt', import.meta.url));
const { signal } = new AbortController();
const settings = corpusSettings.parse({});
const MAX_SEQ_LENGTH = 512;

const work = JSON.parse(process.argv[2]!) as Work;
const start = { wall: performance.now(), ...cpuTime() };
const textBytes = await done(work);
const end = cpuTime();
const measured: Measured = {
  wall: (performance.now() - start.wall) / 1000,
  cpu: end.all - start.all,
  mainThread: end.mainThread - start.mainThread,
  programs: end.programs - start.programs,
  textBytes,
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(measured));

/** Gives the bytes of text. */
async function done(work: Work): Promise<number> {
  if (work.kind === 'build') return await build(work);
  const files = await findInputs([work.file]);
  const { by } = work.kind === 'extract' ? work : { by: undefined };
  const chunks = readChunks(files, settings, null, signal, by && (() => by));
  let textBytes = 0;
  if (work.kind === 'sequences') {
    const builder = new ChunkBuilder(JapaneseTokenizer.load({ vocabFile }), settings, MAX_SEQ_LENGTH);
    for await (const chunk of chunks) textBytes += (await builder.build(chunk)).counts.textBytes;
    return textBytes;
  }
  for await (const chunk of chunks) {
    for (const { lines } of (await documentsOf(chunk, settings)).documents) {
      for (const line of lines) textBytes += Buffer.byteLength(line);
    }
  }
  return textBytes;
}

async function build({ file, out, workers, keep }: Work & { kind: 'build' }): Promise<number> {
  const total = statSync(file).size;
  let told = 0;
  const { manifest } = await buildCorpus({
    inputs: [file],
    vocabFile,
    out,
    settings,
    maxSeqLength: MAX_SEQ_LENGTH,
    ...(workers === undefined ? {} : { workers }),
    signal,
    onStage: ({ done }) => {
      if (done < told) return;
      console.log(`${Math.floor((100 * done) / total)} %`);
      told += total / 20;
    },
  });
  if (!keep) rmSync(out, { recursive: true });
  return manifest.report.textBytes;
}
