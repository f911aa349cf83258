/** A worker thread of `corpus build`: takes chunks of the input, gives back sequences. */
import { parentPort, workerData } from 'node:worker_threads';
import type { InputChunk } from '../documents/inputs.js';
import { TrainerError } from '../protocol/errors.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { ChunkBuilder } from './chunkBuilder.js';
import type { WorkerAnswer, WorkerSetup } from './workerPool.js';

const { tokenizer, settings, maxSeqLength } = workerData as WorkerSetup;
const builder = new ChunkBuilder(JapaneseTokenizer.fromShared(tokenizer), settings, maxSeqLength);

parentPort!.on('message', async (chunk: InputChunk) => {
  const answer = await answerTo(chunk);
  const arrays = 'built' in answer ? Object.values(answer.built).filter(ArrayBuffer.isView) : [];
  parentPort!.postMessage(
    answer,
    arrays.map((array) => array.buffer as ArrayBuffer),
  );
});

/** Errors of ours are told by code and data: posted whole they would lose their class. Others end the thread. */
async function answerTo(chunk: InputChunk): Promise<WorkerAnswer> {
  try {
    return { built: await builder.build(chunk) };
  } catch (error) {
    if (error instanceof TrainerError) return { code: error.code, data: error.data };
    throw error;
  }
}
