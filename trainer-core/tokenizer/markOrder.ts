/**
 * The canonical order of combining marks (Unicode 14, section 3.11, D109) in long runs of them. The engine's own
 * normalisation takes quadratic time for those, but linear time for what is in order already.
 */

/** Runs of marks, among them the sound marks of half-width kana, which become marks. */
const RUN = /[\p{M}\uff9e\uff9f]+/gu;
/** Fewer marks than this are soon in order. */
const LONG_RUN = 1000;
/** Marks of the lowest combining class and of the highest. */
const LOWEST = '\u0334';
const HIGHEST = '\u0345';

/** Brings the marks of long runs in order, compatibility decomposed: NFKC of the result is NFKC of the text. */
export function orderLongRuns(text: string): string {
  if (text.length < LONG_RUN) return text;
  return text.replace(RUN, (run) => (run.length < LONG_RUN ? run : ordered(run)));
}

function ordered(run: string): string {
  const marks = Array.from(run.replace(/./gsu, (mark) => mark.normalize('NFKD')));
  const ranks = ranksOf(new Set(marks));
  let part = 0;
  const placed = marks.map((mark) => {
    // Marks of class 0 stay where they are, and none passes them.
    const rank = ranks.get(mark) ?? 0;
    if (rank === 0) part++;
    return { mark, part, rank };
  });
  placed.sort((a, b) => a.part - b.part || a.rank - b.rank);
  return placed.map(({ mark }) => mark).join('');
}

/** For each mark that moves a number that grows with its combining class. JavaScript has the classes only by their effect. */
function ranksOf(marks: ReadonlySet<string>): Map<string, number> {
  const moving = Array.from(marks).filter((mark) => precedes(mark, HIGHEST) || precedes(LOWEST, mark));
  moving.sort((a, b) => Number(precedes(b, a)) - Number(precedes(a, b)));
  const ranks = new Map<string, number>();
  let rank = 1;
  for (const [i, mark] of moving.entries()) {
    if (i > 0 && precedes(moving[i - 1]!, mark)) rank++;
    ranks.set(mark, rank);
  }
  return ranks;
}

/** Whether `a` is of a lower class than `b`, neither of class 0. */
function precedes(a: string, b: string): boolean {
  return a !== b && (b + a).normalize('NFD') === a + b;
}
