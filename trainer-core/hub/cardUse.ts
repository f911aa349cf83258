/** The part of a model card that tells how to use the model: here, and in Transformers. */
import { fence } from './markdown.js';
import type { WeightFacts } from './weightFacts.js';

/** What a model with this head does: in words, for the hub and Transformers, and on a sentence. */
export const USES = {
  maskedLm: {
    task: 'masked language model',
    pipeline: 'fill-mask',
    autoClass: 'AutoModelForMaskedLM',
    example: '猫は[MASK]が好きだ。',
  },
  classification: {
    task: 'text classifier',
    pipeline: 'text-classification',
    autoClass: 'AutoModelForSequenceClassification',
    example: '九回裏に逆転ホームランが飛び出した。',
  },
};

/** The Python package of a dictionary; fugashi is MeCab's. */
const PACKAGES: Readonly<Record<string, string>> = { unidic_lite: 'unidic-lite' };

/** Paragraphs; `name` is what they call the folder. */
export function useParts({ head, dictionary }: WeightFacts, name: string): string[] {
  const word = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
  const here =
    head === 'classification'
      ? [
          'In DistilBERT Studio: select it as the classifier (VS Code: **DistilBERT: Select Classifier**), or in a terminal:',
          fence('sh', `distilbert-studio classify --model ${word} --input texts.txt --output texts.classified.tsv`),
        ]
      : [
          'In DistilBERT Studio: fine-tune it on labelled text (VS Code: **DistilBERT: Start Fine-Tuning**), or in a terminal:',
          fence('sh', `distilbert-studio finetune --model ${word} --train train.tsv --dev dev.tsv --out runs/mine`),
        ];
  return [
    ...here,
    `In Transformers, with the packages \`fugashi\` (MeCab) and \`${packageOf(dictionary)}\` (its dictionary) for the tokenizer:`,
    fence('sh', `pip install transformers torch fugashi ${packageOf(dictionary)}`),
    `The tokenizer is a \`BertJapaneseTokenizer\` with \`mecab_kwargs={"mecab_dic": "${dictionary}"}\`, as \`AutoTokenizer\` learns from \`tokenizer_config.json\`:`,
    fence('python', python(head, name).join('\n')),
  ];
}

function packageOf(dictionary: string): string {
  return PACKAGES[dictionary] ?? dictionary;
}

function python(head: WeightFacts['head'], name: string): string[] {
  const autoClass = head ? USES[head].autoClass : 'AutoModel';
  const load = [
    `tokenizer = AutoTokenizer.from_pretrained(${JSON.stringify(name)})`,
    `model = ${autoClass}.from_pretrained(${JSON.stringify(name)})`,
  ];
  if (!head) return [`from transformers import ${autoClass}, AutoTokenizer`, '', ...load];
  const { pipeline, example } = USES[head];
  return [
    `from transformers import ${autoClass}, AutoTokenizer, pipeline`,
    '',
    ...load,
    `answer = pipeline(${JSON.stringify(pipeline)}, model=model, tokenizer=tokenizer)`,
    `print(answer(${JSON.stringify(example)}))`,
  ];
}
