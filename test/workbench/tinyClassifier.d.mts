/** See tinyClassifier.mjs. */
export const WORDS_COUNT: Record<string, number[]>;
export function writeTinyClassifier(folder: string, weights?: Record<string, number[]>): void;
