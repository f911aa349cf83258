/**
 * The vocabulary as Hugging Face's `tokenizer.json`, for programs without MeCab: it takes text that is cut already, words or pieces
 * with blanks between them. Pieces as `distilbert-studio tokenize` writes them become the very ids that they stand for.
 */
import type { JsonObject } from '../checkpoint/json.js';
import { SPECIAL_PIECES, type Vocabulary } from '../tokenizer/vocabulary.js';

/** The contents of the file. */
export function tokenizerJson(vocabulary: Vocabulary): JsonObject {
  const special = (id: '[CLS]' | '[SEP]', type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });
  const first = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)];
  const token = (id: '[CLS]' | '[SEP]') => ({ id, ids: [vocabulary.idOf(id)!], tokens: [id] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_PIECES.map((content) => ({
      id: vocabulary.idOf(content)!,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'NFKC' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: first,
      pair: [...first, sequence('B', 1), special('[SEP]', 1)],
      special_tokens: { '[CLS]': token('[CLS]'), '[SEP]': token('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.pieces.map((piece, id) => [piece, id])),
    },
  };
}
