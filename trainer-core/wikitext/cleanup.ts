/** Makes of what was rendered plain text: references to characters, quotes, signatures, and the holes that dropped markup leaves. */
import { mendBrackets } from './brackets.js';
import { decodeEntities } from './entities.js';

const SWITCH =
  /__(?:[A-Z]{3,24}|目次|目次強制|目次非表示|節編集非表示|全文検索|ギャラリー非表示|新しい節リンク|新しい節リンク非表示|インデックス|静的転送|隠しカテゴリ)__/g;
/** What may never be left: markup that had no partner, or was written as text. */
const MARKUP = /\[\[|\]\]|\{\{|\}\}|\{\||\|\}|''|<\/?ref/i;
const ALL_MARKUP = /\[{2,}|\]{2,}|\{{2,}|\}{2,}|\{\||\|\}|'{2,}|<\/?ref/gi;
const WIDE = '\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef';
const WIDE_CHAR = new RegExp(`[${WIDE}]`);
const WIDE_BREAK = new RegExp(`(?<=[${WIDE}])[ \\t]*\\n[ \\t]*(?=[${WIDE}])`, 'g');
const SPACES = /[ \t\n\r\u00a0\u2000-\u200a\u3000]{2,}|[\t\n\r\u00a0\u2000-\u200a]/g;
/** One space, before or behind what stands without. */
const SPACED_PUNCTUATION = /[ \u3000](?:(?=[、。，．！？」』】）,])|(?<=[「『【（、。，．].))/g;

/** A rendered line as plain text, trimmed. */
export function cleanUp(rendered: string): string {
  let text = rendered;
  if (text.includes('__')) text = text.replace(SWITCH, '');
  if (text.includes("''")) text = text.replace(/'{2,}/g, quotes);
  if (text.includes('~~~')) text = text.replace(/~{3,5}/g, '');
  if (text.includes('&')) text = decodeEntities(text);
  return mend(text);
}

/** Takes out holes and what is left of markup. */
function mend(decoded: string): string {
  let text = decoded;
  text = withoutMarks(mendBrackets(text));
  if (text.includes('\n')) text = text.replace(WIDE_BREAK, '');
  text = text.replace(SPACES, (run) => (run.includes('\u3000') ? '\u3000' : ' '));
  return text.replace(SPACED_PUNCTUATION, '').trim();
}

/** Taking marks or empty brackets away can bring others together; what takes more rounds than a few is no text. */
function withoutMarks(text: string): string {
  let rest = text;
  for (let round = 0; round < 4; round++) {
    if (!MARKUP.test(rest)) return rest;
    rest = mendBrackets(rest.replace(ALL_MARKUP, ''));
  }
  return mendBrackets(rest.replace(/[[\]{}|'<]/g, ''));
}

/** A run of apostrophes: two, three and five are italics and bold, a fourth is one. */
function quotes(run: string): string {
  return run.length === 4 ? "'" : '';
}

/** Whether a paragraph is more than the punctuation around what is gone. */
export function saysSomething(paragraph: string): boolean {
  return /[\p{L}\p{N}]/u.test(paragraph);
}

const ENDS = new Set('。！？!?．.…」』）)]】：:');

/** Whether a line ends what it says, so that the next one is a paragraph of its own. */
export function endsSentence(line: string): boolean {
  return ENDS.has(line[line.length - 1]!);
}

/** Source lines of one sentence as one. */
export function joinLines(lines: readonly string[]): string {
  if (lines.length === 1) return lines[0]!;
  const joined = lines.reduce((text, line, index) => {
    const last = lines[index - 1]!;
    return text + (WIDE_CHAR.test(last[last.length - 1]!) || WIDE_CHAR.test(line[0]!) ? '' : ' ') + line;
  });
  return mend(joined);
}
