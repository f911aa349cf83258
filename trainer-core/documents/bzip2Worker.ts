/** A worker thread that unpacks bzip2 blocks, in the order in which they come. */
import { parentPort } from 'node:worker_threads';
import { Bzip2BlockDecoder } from './bzip2Block.js';

const decoder = new Bzip2BlockDecoder();

parentPort?.on('message', ({ bytes, startBit }: { bytes: Uint8Array; startBit: number }) => {
  const block = decoder.decode(bytes, startBit);
  parentPort?.postMessage(block, block.state === 'ok' ? [block.bytes.buffer as ArrayBuffer] : []);
});
