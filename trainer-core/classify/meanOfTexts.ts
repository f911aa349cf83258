/** One row of logits a text, of those that its windows have. */

/**
 * The mean of the rows of each text, in the order of the texts. It is the logits that are averaged, so that everything made of them
 * (probabilities of one class or several, a temperature, a number) is made in one way.
 * @param textOf the text of each row, ascending, each text at least once.
 */
export function meanOfTexts(rows: readonly Float32Array[], textOf: ArrayLike<number>): Float32Array[] {
  const means: Float32Array[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at + 1;
    while (end < rows.length && textOf[end] === textOf[at]) end += 1;
    const same = rows.slice(at, end);
    means.push(
      same.length === 1 ? same[0]! : same[0]!.map((_, c) => same.reduce((sum, row) => sum + row[c]!, 0) / same.length),
    );
    at = end;
  }
  return means;
}
