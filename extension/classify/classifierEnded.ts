/** The error of a classifier process that ended; apart from the process, so that what only tells of it does not load the rest. */

/** The process ended before it answered; `stderr` is the last of what it said, at most 16 KiB. */
export class ClassifierEnded extends Error {
  override readonly name = 'ClassifierEnded';

  constructor(
    readonly stderr: string,
    /** True when we ended it ourselves, as when another classifier was selected. */
    readonly stopped: boolean,
    options?: { cause?: unknown },
  ) {
    super('The classifier process ended before it answered.', options);
  }
}
