/** How wide text is on a terminal, where most East-Asian characters take two columns (Unicode UAX #11, W and F; ambiguous counts one). */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

function characterWidth(character: string): number {
  // The combining voice marks lie among the wide kana, so they are looked for first.
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that `text` takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** `text` cut to at most `columns` columns, the last of them `…` when something was cut. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `text` filled up with spaces to `columns` columns on the right. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** `text` filled up with spaces to `columns` columns on the left. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** What is not broken: a word with the space before it, or a run of katakana, or one wide character; each keeps its full stop. */
const UNBROKEN = /\s*(?:[^\s\u3001-\uffef]+|[\u30a1-\u30ff]+|[\u3001-\uffef])[\u3001\u3002\uff09]*/gu;

/** Breaks `text` into lines of at most `columns` columns, at spaces where there are any and between wide characters. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const part of paragraph.match(UNBROKEN) ?? []) {
      if (line !== '' && displayWidth(line + part) > columns) {
        lines.push(line);
        line = part.trimStart();
      } else line += part;
    }
    lines.push(line);
  }
  return lines;
}
