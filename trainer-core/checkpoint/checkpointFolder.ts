/** One checkpoint on disk: model and optimiser tensors, the trainer's state, and checksums that tell a damaged one (FIPS 180-4 SHA-256). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { atomicFolder, writeChunks } from './atomicWrite.js';
import { isJsonObject, type JsonObject, type JsonValue, readText } from './json.js';
import { readSafetensors, safetensorsByteLength, safetensorsChunks } from './safetensors.js';

const MODEL = 'model.safetensors';
const OPTIMIZER = 'optimizer.safetensors';
const TRAINER_STATE = 'trainer_state.json';

/** What a checkpoint holds. All tensors are stored as float32, bit for bit. */
export interface Checkpoint {
  readonly model: NamedTensors;
  readonly optimizer: NamedTensors;
  /** Everything else that an exact resume needs; its numbers come back exactly, NaN and infinities as null. */
  readonly state: JsonObject;
}

/** `trainer_state.json`. */
interface TrainerState {
  state: JsonObject;
  /** Of the JSON text of `state`. */
  stateSha256: string;
  /** Of the files beside it. */
  sha256: Record<string, string>;
}

/** Writes a checkpoint folder, whole or not at all. Throws `diskFull`, `folderNotWritable`. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { model, optimizer, state } = checkpoint;
  await atomicFolder(folder, async (temporary) => {
    const trainerState: TrainerState = {
      state,
      stateSha256: sha256(JSON.stringify(state)),
      sha256: {
        [MODEL]: await writeTensors(join(temporary, MODEL), model),
        [OPTIMIZER]: await writeTensors(join(temporary, OPTIMIZER), optimizer),
      },
    };
    await writeChunks(join(temporary, TRAINER_STATE), [Buffer.from(`${JSON.stringify(trainerState, null, 2)}\n`)]);
  });
}

/** Reads a checkpoint folder. Throws `checkpointDamaged` when anything in it is not as it was written. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const state = await verifyCheckpoint(folder);
  return {
    model: await readSafetensors(join(folder, MODEL)),
    optimizer: await readSafetensors(join(folder, OPTIMIZER)),
    state,
  };
}

/** Checks every checksum of a checkpoint folder and gives its state. Throws `checkpointDamaged`. */
export async function verifyCheckpoint(folder: string): Promise<JsonObject> {
  const damaged = (reason: string, cause?: unknown) =>
    new TrainerError('checkpointDamaged', { folder, reason }, { cause });
  let trainerState: JsonValue;
  try {
    trainerState = JSON.parse(await readText(join(folder, TRAINER_STATE))) as JsonValue;
  } catch (error) {
    throw damaged(`${TRAINER_STATE} is missing or unreadable`, error);
  }
  const { state, stateSha256, sha256: sums } = isJsonObject(trainerState) ? trainerState : {};
  if (!isJsonObject(state) || !isJsonObject(sums) || stateSha256 !== sha256(JSON.stringify(state))) {
    throw damaged(`${TRAINER_STATE} does not match its checksum`);
  }
  for (const name of [MODEL, OPTIMIZER]) {
    let sum: string;
    try {
      sum = await sha256OfFile(join(folder, name));
    } catch (error) {
      throw damaged(`${name} is missing or unreadable`, error);
    }
    if (sum !== sums[name]) throw damaged(`${name} does not match its checksum`);
  }
  return state;
}

/** Writes tensors and gives the checksum of the file, taken of the bytes on their way out. */
async function writeTensors(file: string, tensors: NamedTensors): Promise<string> {
  const hash = createHash('sha256');
  function* hashed() {
    for (const chunk of safetensorsChunks(tensors, 'F32')) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await writeChunks(file, hashed(), safetensorsByteLength(tensors, 'F32'));
  return hash.digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
