/** Parentheses from which templates and references were taken. */

const OPEN = new Set(['(', '（']);
const CLOSE = new Set([')', '）']);
/** Parts what stands in parentheses; at an end of them it is nothing. */
const SEPARATOR = /[\s、，,；;：:]/;
/** Nothing only where nothing else is: 「（・北陸）」 is meant so. */
const MARK = /[・／/]/;
const DASH = /[-–—‐−〜~]/;
/** Something for `mendBrackets` to do. */
const MENDABLE =
  /[(（][\s、，,；;：:・／/\-–—‐−〜~]*[)）]|[(（]\s*[、，,；;：:]|[、，,；;：:]\s*[)）]|[(（]\s|\s[)）]|[、，,；;]\s*[、，,；;]/;

interface Open {
  /** Its place in the output. */
  at: number;
  filled: boolean;
  dashes: boolean;
  separators: boolean;
}

/** `text` without empty parentheses, also nested ones, and without separators that have nothing on one of their sides in them. */
export function mendBrackets(text: string): string {
  if (!MENDABLE.test(text)) return text;
  const out: string[] = [];
  const stack: Open[] = [];
  for (const char of text) {
    const inner = stack[stack.length - 1];
    if (OPEN.has(char)) {
      stack.push({ at: out.length, filled: false, dashes: false, separators: false });
      out.push(char);
    } else if (CLOSE.has(char) && inner !== undefined) {
      stack.pop();
      while (SEPARATOR.test(out[out.length - 1]!)) out.pop();
      // 「(-)」 is a sign; 「( - )」 is what is left of two dates.
      if (!inner.filled && (!inner.dashes || inner.separators)) out.length = inner.at;
      else {
        out.push(char);
        const around = stack[stack.length - 1];
        if (around !== undefined) around.filled = true;
      }
    } else if (inner === undefined) out.push(char);
    else if (SEPARATOR.test(char)) {
      inner.separators = true;
      if (out.length > inner.at + 1) pushSeparator(out, char);
    } else {
      if (DASH.test(char)) inner.dashes = true;
      else if (!MARK.test(char)) inner.filled = true;
      out.push(char);
    }
  }
  return out.join('');
}

/** After another one, a comma between two things that one of is gone. */
function pushSeparator(out: string[], char: string): void {
  if (/[、，,；;]/.test(char)) {
    let end = out.length;
    while (end > 0 && /\s/.test(out[end - 1]!)) end--;
    if (/[、，,；;]/.test(out[end - 1] ?? '')) return;
  }
  out.push(char);
}
