/** Names for things of which there may be several. */

/** `wiki.distill.json`, then `wiki-2.distill.json` and so on. */
export function numbered(stem: string, suffix: string, number: number): string {
  return number === 1 ? `${stem}${suffix}` : `${stem}-${number}${suffix}`;
}
