/** How far the corpus of a run that is starting is built, by the last word of its log. */

/** A stage as the trainer logs it (training/loggedStages.ts), where its end is known. */
const STAGE = /^\S+ (?:building|deduplicating): \d+ of \d+ \((\d+) %\) /;

/** Percent of the stage at hand; undefined where the log ends in something else. */
export function builtPart(log: string): number | undefined {
  const part = STAGE.exec(log.trimEnd().split('\n').at(-1) ?? '')?.[1];
  return part === undefined ? undefined : Number(part);
}
