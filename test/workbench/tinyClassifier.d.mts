/** See tinyClassifier.mjs. */
export const LABELS: string[];
export const WORDS_COUNT: Record<string, number[]>;
export function writeTinyClassifier(folder: string, weights?: Record<string, number[]>): void;
