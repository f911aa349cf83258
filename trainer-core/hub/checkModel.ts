/** Checks that a model folder can be used here: its type, its tokenizer, its vocabulary, its weights, each against the others. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, readJsonObject } from '../checkpoint/json.js';
import { defaultTokenizerConfig, readModelConfig, readModelWeights } from '../checkpoint/modelFolder.js';
import { type ModelConfig, parseModelConfig } from '../models/config.js';
import { classifierParameters, headOf } from '../models/heads.js';
import { encoderShapes, selectParameters } from '../models/parameters.js';
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { readVocabulary } from '../tokenizer/vocabulary.js';
import { vocabFileOf } from './modelFiles.js';

/** The keys of a tokenizer_config.json that must be as we write them where they are there, for a text to be cut as we do. */
const DECISIVE = [
  'do_lower_case',
  'do_word_tokenize',
  'do_subword_tokenize',
  'word_tokenizer_type',
  'subword_tokenizer_type',
] as const;
/** Files of SentencePiece's models, by the names that Hugging Face's tokenizers give them. */
const SENTENCEPIECE = ['spiece.model', 'spm.model', 'sentencepiece.bpe.model', 'tokenizer.model'];
const {
  tokenizer_class: TOKENIZER_CLASS,
  mecab_kwargs: { mecab_dic: IPADIC },
} = defaultTokenizerConfig;

/**
 * Checks all but the weights.
 * Throws `modelFolderNotFound`, `modelHasNoConfig`, `modelTypeUnsupported`, `modelConfigInvalid`, `tokenizerUnsupported`,
 * `modelHasNoVocabulary`, `vocabularyInvalid`, `vocabularySizeMismatch`.
 */
export async function checkTexts(folder: string): Promise<ModelConfig> {
  const config = parseModelConfig(await readModelConfig(folder), join(folder, 'config.json'));
  await checkTokenizer(folder);
  const file = vocabFileOf(folder);
  const { pieces } = readVocabulary(file);
  if (pieces.length !== config.vocabSize) {
    throw new TrainerError('vocabularySizeMismatch', { file, expected: config.vocabSize, got: pieces.length });
  }
  return config;
}

/** Reads the weights and checks names and shapes of the encoder's, and of a classifier's. Throws the errors of reading models. */
export async function checkWeights(folder: string, config: ModelConfig): Promise<NamedTensors> {
  const weights = await readModelWeights(folder);
  const shapes = encoderShapes(config);
  if (headOf(weights, config) === 'classification' && config.labels.length > 0) {
    shapes.set(`${classifierParameters(config).classifier}.weight`, [config.labels.length, config.hiddenSize]);
  }
  selectParameters(shapes, weights, folder);
  return weights;
}

/**
 * Checks that the model's texts were cut as we cut them, with MeCab, ipadic and WordPiece.
 * Throws `modelFolderNotFound`, `modelHasNoConfig`, `tokenizerUnsupported`, `modelHasNoVocabulary`, `vocabularyInvalid`.
 */
export async function checkTokenizer(folder: string): Promise<void> {
  const config = await readModelConfig(folder);
  const file = join(folder, 'tokenizer_config.json');
  const tokenizer = existsSync(file) ? await readJsonObject(file) : {};
  const wrong = (key: string, expected: JsonValue, got: JsonValue, where = file) =>
    new TrainerError('tokenizerUnsupported', {
      file: where,
      key,
      expected: JSON.stringify(expected),
      got: JSON.stringify(got),
    });

  const [named, where] =
    tokenizer.tokenizer_class != null
      ? [tokenizer.tokenizer_class, file]
      : [config.tokenizer_class, join(folder, 'config.json')];
  if (named != null && named !== TOKENIZER_CLASS) throw wrong('tokenizer_class', TOKENIZER_CLASS, named, where);
  for (const key of DECISIVE) {
    const [expected, got] = [defaultTokenizerConfig[key], tokenizer[key]];
    if (got != null && got !== expected) throw wrong(key, expected, got);
  }
  const { mecab_kwargs: mecab } = tokenizer;
  const dictionary = typeof mecab === 'object' && mecab !== null && !Array.isArray(mecab) ? mecab.mecab_dic : undefined;
  if (dictionary != null && dictionary !== IPADIC) throw wrong('mecab_kwargs.mecab_dic', IPADIC, dictionary);
  if (!existsSync(vocabFileOf(folder))) {
    const model = SENTENCEPIECE.map((name) => join(folder, name)).find(existsSync);
    if (model) throw wrong('tokenizer_class', TOKENIZER_CLASS, 'SentencePiece', model);
    throw new TrainerError('modelHasNoVocabulary', { folder });
  }
  const { pieces } = readVocabulary(vocabFileOf(folder));
  // Where nothing names the tokenizer, Hugging Face takes BERT's own. It splits at every kanji, so its vocabularies have no
  // piece of two.
  const says = named != null || tokenizer.word_tokenizer_type != null;
  if (!says && !pieces.some((piece) => /^\p{Script=Han}{2}/u.test(piece))) {
    throw wrong('tokenizer_class', TOKENIZER_CLASS, 'BertTokenizer');
  }
}
