/** Reads and writes Hugging Face model folders: config.json, the weights in any of their four forms, and the tokenizer's files. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { atomicFolder, isLeftover, writeChunks } from './atomicWrite.js';
import { readError, withInputFile } from './inputFile.js';
import { isJsonObject, type JsonObject, readJsonObject } from './json.js';
import { readSafetensors, safetensorsByteLength, safetensorsChunks, type WrittenDType } from './safetensors.js';
import { elementType, type StoredDType } from './storedDType.js';
import { readTorchPickle } from './torchPickle.js';

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';
const VOCABULARY = 'vocab.txt';
const TOKENIZER_CONFIG = 'tokenizer_config.json';
const SPECIAL_TOKENS_MAP = 'special_tokens_map.json';
/** What an export for ONNX has instead of weights; see `exportOnnx`. */
export const ONNX_FOLDER = 'onnx';
export const TOKENIZER_JSON = 'tokenizer.json';
/** What belongs to the tokenizer and may be missing. */
export const TOKENIZER_FILES = [TOKENIZER_CONFIG, SPECIAL_TOKENS_MAP] as const;
/** Where an imported model says which one of the Hugging Face hub it is, and of which commit. */
export const ORIGIN_FILE = 'hub.json';
/** The model card's text and its figures. */
export const CARD_FILES = { text: 'README.md', losses: 'losses.svg', scores: 'scores.svg' } as const;
const WRITTEN_FILES: readonly string[] = [
  CONFIG,
  WEIGHTS,
  VOCABULARY,
  TOKENIZER_CONFIG,
  SPECIAL_TOKENS_MAP,
  ORIGIN_FILE,
  TOKENIZER_JSON,
  ...Object.values(CARD_FILES),
];

type ReadWeights = (
  file: string,
  select: (entry: { name: string; dtype: StoredDType }) => boolean,
) => Promise<NamedTensors>;

/** The forms that weights come in, the preferred ones first, as transformers chooses. */
const weightForms: readonly { file: string; sharded: boolean; read: ReadWeights }[] = [
  { file: WEIGHTS, sharded: false, read: readSafetensors },
  { file: 'model.safetensors.index.json', sharded: true, read: readSafetensors },
  { file: 'pytorch_model.bin', sharded: false, read: readTorchPickle },
  { file: 'pytorch_model.bin.index.json', sharded: true, read: readTorchPickle },
];

const specialTokens = {
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

/** What transformers' BertJapaneseTokenizer needs to cut text exactly as we do. */
export const defaultTokenizerConfig = {
  ...specialTokens,
  do_lower_case: false,
  do_subword_tokenize: true,
  do_word_tokenize: true,
  mecab_kwargs: { mecab_dic: 'ipadic' },
  model_max_length: 512,
  subword_tokenizer_type: 'wordpiece',
  tokenizer_class: 'BertJapaneseTokenizer',
  word_tokenizer_type: 'mecab',
} as const satisfies JsonObject;

/**
 * Reads the float weights of a model folder as float32 under today's names (`LayerNorm.gamma`/`beta` become `weight`/`bias`).
 * Integer buffers such as `position_ids` are left out; tied copies stay under their own names.
 * Throws `modelFolderNotFound`, `modelHasNoWeights`, `modelIsExported` for ONNX or GGUF, `tensorsMissing` for a shard without its tensors, `configInvalidJson` and
 * `configWrongType` for a bad index, and what `readSafetensors` and `readTorchPickle` throw.
 */
export async function readModelWeights(folder: string): Promise<NamedTensors> {
  const names = await listModelFolder(folder);
  const form = weightForms.find(({ file }) => names.includes(file));
  if (form === undefined) {
    const exported = names.find((name) => name === ONNX_FOLDER || /\.(onnx|gguf)$/.test(name));
    if (exported !== undefined) throw new TrainerError('modelIsExported', { folder, found: exported });
    throw new TrainerError('modelHasNoWeights', { folder });
  }
  const tensors = form.sharded
    ? await readShards(folder, form.file, form.read)
    : await form.read(join(folder, form.file), isFloat);
  return new Map([...tensors].map(([name, tensor]) => [currentName(name), tensor]));
}

/**
 * Reads `config.json` of a model folder, unchecked.
 * Throws `modelFolderNotFound`, `modelHasNoConfig`, `configInvalidJson` with the line, `configWrongType` when it is no object.
 */
export async function readModelConfig(folder: string): Promise<JsonObject> {
  if (!(await listModelFolder(folder)).includes(CONFIG)) throw new TrainerError('modelHasNoConfig', { folder });
  return readJsonObject(join(folder, CONFIG));
}

/** What a written folder holds beside the weights. */
export interface ModelTexts {
  /** Goes into config.json, after `tokenizer_class`, which it may replace. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The vocabulary to copy, one token a line. */
  readonly vocabFile: string;
  /** Replaces keys of the tokenizer_config.json of a BertJapaneseTokenizer with MeCab, ipadic and WordPiece. */
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** Those of `CARD_FILES` that there are to be, with their texts. */
  readonly card?: Readonly<Record<string, string>>;
}

/** What a written model folder holds. */
export interface ModelFolderContents extends ModelTexts {
  /** Written in this order under these names: leave tied copies out, as Hugging Face does. */
  readonly tensors: NamedTensors;
  readonly dtype: WrittenDType;
  /** Told of the bytes of the weights as they are written; what it throws ends the writing. */
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Writes a model folder that transformers opens with AutoModel and AutoTokenizer. It appears whole or not at all; a model folder
 * of ours that stood there is replaced. Throws `folderNotEmpty` when the folder holds anything else, `diskFull`,
 * `folderNotWritable`, `fileNotFound` for the vocabulary.
 */
export async function writeModelFolder(folder: string, contents: ModelFolderContents): Promise<void> {
  const { tensors, dtype, onBytes = () => {} } = contents;
  await writeModelTexts(folder, contents, async (temporary) => {
    const total = safetensorsByteLength(tensors, dtype);
    await writeChunks(join(temporary, WEIGHTS), counted(safetensorsChunks(tensors, dtype), total, onBytes), total);
    return {};
  });
}

/**
 * Writes a folder of a model's texts and whatever `fill` puts beside them; `fill` gives further texts, by the names of their files.
 * Whole or not at all, as `writeModelFolder`, and throws the same and what `fill` throws.
 */
export async function writeModelTexts(
  folder: string,
  { config, vocabFile, tokenizerConfig, card }: ModelTexts,
  fill: (temporary: string) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  const vocabulary = await withInputFile(vocabFile, (input) => input.read(0, input.sizeBytes));
  await checkReplaceable(folder);
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await atomicFolder(folder, async (temporary) => {
    const texts = {
      ...(await fill(temporary)),
      [CONFIG]: json({ tokenizer_class: 'BertJapaneseTokenizer', ...config }),
      [TOKENIZER_CONFIG]: json({ ...defaultTokenizerConfig, ...tokenizerConfig }),
      [SPECIAL_TOKENS_MAP]: json(specialTokens),
      ...card,
    };
    await writeChunks(join(temporary, VOCABULARY), [vocabulary]);
    for (const [name, text] of Object.entries(texts)) await writeChunks(join(temporary, name), [Buffer.from(text)]);
  });
}

/** Throws `folderNotEmpty` when a folder holds what we do not write. */
export async function checkReplaceable(folder: string): Promise<void> {
  const names = async (path: string) => await readdir(path).catch((): string[] => []);
  const onnx = await names(join(folder, ONNX_FOLDER));
  const foreign = (await names(folder)).filter(
    (name) => !WRITTEN_FILES.includes(name) && name !== ONNX_FOLDER && !isLeftover(name),
  );
  if (foreign.length > 0 || !onnx.every((name) => /^model(_fp16|_quantized)?\.onnx$/.test(name))) {
    throw new TrainerError('folderNotEmpty', { folder });
  }
}

/** The chunks as they are, `onBytes` told after each. */
export function* counted(
  chunks: Iterable<Uint8Array>,
  total: number,
  onBytes: (done: number, total: number) => void,
): Generator<Uint8Array> {
  let done = 0;
  for (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    onBytes(done, total);
  }
}

async function listModelFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const mapped = readError(error, folder);
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    throw missing ? new TrainerError('modelFolderNotFound', { folder }, { cause: error }) : mapped;
  }
}

/** The files that weights can come in, the preferred first; an index names its shards, which lie beside it. */
export const WEIGHT_FILES: readonly { file: string; sharded: boolean }[] = weightForms;

/**
 * The shards that an index (`weight_map`: tensor name → shard file) lists, each with the names of its tensors.
 * Throws `configInvalidJson`, `configWrongType`, `fileNotFound`.
 */
export async function readShardIndex(file: string): Promise<Map<string, string[]>> {
  const { weight_map: map } = await readJsonObject(file);
  const wrong = (key: string, got: string) =>
    new TrainerError('configWrongType', { file, line: null, key, expected: ['object'], got });
  if (!isJsonObject(map)) throw wrong('weight_map', map === undefined ? 'nothing' : JSON.stringify(map));

  const namesByShard = new Map<string, string[]>();
  for (const [name, shard] of Object.entries(map)) {
    // A shard lies in the folder itself: an index from elsewhere must not make us read or write other files.
    if (typeof shard !== 'string' || !/^\w[\w.-]*$/.test(shard))
      throw wrong(`weight_map.${name}`, JSON.stringify(shard));
    const names = namesByShard.get(shard);
    if (names) names.push(name);
    else namesByShard.set(shard, [name]);
  }
  return namesByShard;
}

async function readShards(folder: string, indexName: string, read: ReadWeights): Promise<NamedTensors> {
  const tensors: NamedTensors = new Map();
  for (const [shard, names] of await readShardIndex(join(folder, indexName))) {
    const missing = new Set(names);
    const found = await read(join(folder, shard), (entry) => missing.delete(entry.name) && isFloat(entry));
    if (missing.size > 0)
      throw new TrainerError('tensorsMissing', { file: join(folder, shard), tensors: [...missing] });
    for (const [name, tensor] of found) tensors.set(name, tensor);
  }
  return tensors;
}

function isFloat(entry: { dtype: StoredDType }): boolean {
  return elementType(entry.dtype).isFloat;
}

/** BERT's first checkpoints, from TensorFlow, call the parameters of a layer norm gamma and beta. */
function currentName(name: string): string {
  return name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}
