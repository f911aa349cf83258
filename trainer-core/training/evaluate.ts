/** Scores a fine-tuned model on a labelled file. */
import { Classifier, type ClassifierOptions } from '../classify/classifier.js';
import { readLabelled } from '../labelled/readLabelled.js';
import type { ClassificationReport } from '../protocol/report.js';
import { classificationReport } from '../scores/classificationReport.js';

export interface EvaluateOptions extends ClassifierOptions {
  /** Folder of the fine-tuned model. */
  model: string;
  /** TSV of texts and labels, which must be labels the model knows. */
  data: string;
  /** Stops between batches with an AbortError. */
  signal?: AbortSignal;
}

/** The scores of `model` on `data`. Throws the errors of reading both. */
export async function evaluate({ model, data, signal, ...options }: EvaluateOptions): Promise<ClassificationReport> {
  const classifier = await Classifier.load(model, options);
  try {
    const { examples } = await readLabelled(data, { labels: classifier.labels });
    const probabilities = await classifier.probabilities(examples, signal);
    const scored = examples.map((example, i) => ({ ...example, probabilities: probabilities[i] as Float64Array }));
    return classificationReport(classifier.labels, scored);
  } finally {
    await classifier.dispose();
  }
}
