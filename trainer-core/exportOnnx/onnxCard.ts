/** The part of a model card that tells what is in an export for ONNX, how well it does, and how to use it. */
import { USES } from '../hub/cardUse.js';
import { fence, table } from '../hub/markdown.js';
import type { CardOptions } from '../hub/modelCard.js';
import type { Precision } from '../protocol/exportConfig.js';
import type { OnnxWritten } from '../protocol/jobs.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import type { ServedHead } from './servingGraph.js';

export interface OnnxCardFacts {
  /** What the card calls the folder. */
  name: string;
  head: ServedHead;
  dtypes: Readonly<Record<Precision, string>>;
  tokenizer: JapaneseTokenizer;
}

const INSIDE: Readonly<Record<Precision, string>> = {
  fp32: 'single precision throughout',
  fp16: 'weights and matrix products half precision; layer norm, softmax and GELU single',
  int8: 'weights and embeddings 8-bit with a scale for each row, activations quantised as they come; the rest single precision',
};
const SCORES: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  macroF1: 'Macro-F1',
  pearson: 'Pearson',
  spearman: 'Spearman',
};

/** Paragraphs for `modelCard`. */
export function onnxCard(
  { files, timing, dev }: Pick<OnnxWritten, 'files' | 'timing' | 'dev'>,
  { name, head, dtypes, tokenizer }: OnnxCardFacts,
): NonNullable<CardOptions['files']> {
  const smallest = files.at(-1)!;
  const scores = Object.keys(smallest.scores);
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = files.map((file) => [
    file.precision,
    file.file,
    megabytes(file.sizeBytes),
    `${file.sentenceMs.toFixed(1)} ms`,
    ...scores.map((score) => percent(file.scores[score]!)),
    ...(file.agreement === null ? [] : [percent(file.agreement)]),
  ]);
  const heads = ['Precision', 'File', 'Size', 'A sentence', ...scores.map((score) => SCORES[score] ?? score)];
  const { pipeline, example } = USES[head];
  const [text, folder] = [JSON.stringify(tokenizer.tokenize(example).pieces.join(' ')), JSON.stringify(name)];
  return {
    weights: files.map(({ precision, sizeBytes }) => `${precision} ${megabytes(sizeBytes)}`).join(', '),
    library: 'transformers.js',
    use: [
      table(dev ? [...heads, 'As fp32'] : heads, rows),
      `A sentence: ${timing.pieces} pieces, median of 30 warm runs, ${timing.device}.${
        dev ? ` Scores: ${dev.examples} examples; "As fp32" is how often the answer is that of the fp32 model.` : ''
      }`,
      files.map(({ precision }) => `- ${precision}: ${INSIDE[precision]}.`).join('\n'),
      'Inputs, all int64 [batch, sequence]: `input_ids`, `attention_mask`, and `token_type_ids` where the model has token types. Output: `logits`. Opset 20, so onnxruntime 1.17 or newer.',
      '### In JavaScript',
      fence(
        'js',
        [
          "import { pipeline } from '@huggingface/transformers';",
          '',
          `const model = await pipeline('${pipeline}', ${folder}, { dtype: '${dtypes[smallest.precision]}' });`,
          `console.log(await model(${text}));`,
        ].join('\n'),
      ),
      `That library has no MeCab, which this model's tokenizer begins with: **text has to come cut into words or pieces with blanks between them**. Raw Japanese text would be taken for one long word and become \`[UNK]\`. \`distilbert-studio tokenize --model ${name} < lines.txt\` writes the pieces, which become the very ids that the model was trained with; words cut by another MeCab with ipadic do as well. Or run the model on ids from a tokenizer of your own.`,
      '### In Python',
      fence(
        'python',
        [
          'import onnxruntime',
          'from transformers import AutoTokenizer',
          '',
          `tokenizer = AutoTokenizer.from_pretrained(${folder})  # with fugashi and ipadic: takes raw text`,
          `session = onnxruntime.InferenceSession(${JSON.stringify(`${name}/${smallest.file}`)})`,
          `encoded = tokenizer(${JSON.stringify(example)}, return_tensors="np")`,
          'inputs = {each.name: encoded[each.name] for each in session.get_inputs()}',
          'print(session.run(["logits"], inputs))',
        ].join('\n'),
      ),
    ],
  };
}
