/**
 * What other extensions get from `vscode.extensions.getExtension('distilbert-studio.distilbert-studio').activate()`.
 * Imports nothing, so that it can be copied; docs/api.md shows its use.
 */

/** What the classifier says about one text. */
export interface Classification {
  /** As it was asked, line breaks as spaces. */
  text: string;
  /** The most probable label. */
  label: string;
  /** Its probability, 0 to 1. */
  score: number;
  /** Every label's probability; they sum to 1. */
  scores: Record<string, number>;
}

/** A training run of the workspace, as its folder says now. What it has not reported yet is null. */
export interface Run {
  /** Absolute path of the run folder. */
  folder: string;
  /** The folder's name. */
  name: string;
  objective: 'pretrain' | 'distill' | 'finetune';
  /** `interrupted`: its process is gone before it ended; it can be resumed. */
  status: 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';
  /** Optimiser steps done, and planned. */
  globalStep: number;
  totalSteps: number | null;
  /** Mean total loss since the report before. */
  loss: number | null;
  /** The best evaluation so far: macro-F1 (0 to 1) when fine-tuning, else the lowest loss. */
  best: { metric: 'macroF1' | 'loss'; value: number } | null;
  learningRate: number | null;
  tokensPerSecond: number | null;
  /** Until the planned end; null unless running. */
  secondsLeft: number | null;
  /** Resident memory of the trainer. */
  memoryBytes: number | null;
  /** Where it computes: as the setting calls it, and the processor's or card's own name. */
  device: { name: string; description: string } | null;
  /** Last change, in milliseconds since 1970. */
  updatedMs: number;
  /** Why it failed and what to do, in the user's language. */
  error: string | null;
}

/** The exported API; version 1 only ever grows. */
export interface DistilbertStudioApi {
  readonly version: 1;
  /**
   * The active classifier's answer for each text, in order. The first call loads the model, which takes a second or more.
   * Rejects when no classifier is selected, when it cannot be loaded, and when its process ends.
   */
  classify(texts: readonly string[]): Promise<Classification[]>;
  /** The runs of the workspace, newest first. */
  runs(): Promise<readonly Run[]>;
}
