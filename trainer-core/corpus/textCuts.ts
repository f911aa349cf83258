/** Which pieces of a text are read when it is longer than a sequence. Ranges count pieces from 0, their ends are not in them. */

/** From the piece `start` up to `end`. */
export interface PieceRange {
  start: number;
  end: number;
}

/** Of 510 pieces Sun et al. (2019, §5.3.1) take the first 128 and the last 382. */
const HEAD_OF_BOTH = 128 / 510;

/** The beginning of a text. */
export function head(length: number, room: number): PieceRange[] {
  return [{ start: 0, end: Math.min(length, room) }];
}

/** The beginning and the end of a text, in the proportion of Sun et al. (2019), "How to Fine-Tune BERT for Text Classification?". */
export function headAndTail(length: number, room: number): PieceRange[] {
  if (length <= room) return head(length, room);
  const first = Math.round(room * HEAD_OF_BOTH);
  return [
    { start: 0, end: first },
    { start: length - (room - first), end: length },
  ];
}

/**
 * All of a text, in windows of `room` pieces, each of which begins with the last `stride` pieces of the one before, as Hugging Face's
 * tokenizers cut with `stride` and `return_overflowing_tokens`. The last may be shorter.
 */
export function windows(length: number, room: number, stride: number): PieceRange[] {
  const ranges: PieceRange[] = [];
  for (let start = 0; ; start += room - stride) {
    ranges.push({ start, end: Math.min(start + room, length) });
    if (start + room >= length) return ranges;
  }
}

/**
 * How many pieces of each text of a pair fit into `room`, when the longer one is cut a piece at a time, the second when they are
 * equal: `longest_first` of Hugging Face's `PreTrainedTokenizer.truncate_sequences`.
 */
export function longestFirst(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const kept = Math.min(first, Math.max(Math.ceil(room / 2), room - second));
  return [kept, room - kept];
}
