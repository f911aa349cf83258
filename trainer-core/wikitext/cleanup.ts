/** Makes of a rendered paragraph plain text: references to characters, quotes, signatures, and the holes that dropped markup leaves. */
import { mendBrackets } from './brackets.js';
import { decodeEntities } from './entities.js';

const SWITCH =
  /__(?:[A-Z]{3,24}|目次|目次強制|目次非表示|節編集非表示|全文検索|ギャラリー非表示|新しい節リンク|新しい節リンク非表示|インデックス|静的転送|隠しカテゴリ)__/g;
/** What may never be left: markup that had no partner, or was written as text. */
const MARKUP = /\[\[|\]\]|\{\{|\}\}|\{\||\|\}|''|<\/?ref/i;
const ALL_MARKUP = /\[{2,}|\]{2,}|\{{2,}|\}{2,}|\{\||\|\}|'{2,}|<\/?ref/gi;
const WIDE = '\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef';
const WIDE_BREAK = new RegExp(`(?<=[${WIDE}])[ \\t]*\\n[ \\t]*(?=[${WIDE}])`, 'g');
const SPACES = /[ \t\n\r\u00a0\u2000-\u200a\u3000]{2,}|[\t\n\r\u00a0\u2000-\u200a]/g;
const SPACED_PUNCTUATION = /[ \u3000]+(?=[、。，．！？」』】）])|(?<=[「『【（、。，．])[ \u3000]+/g;

/** The paragraph as plain text on one line, trimmed; '' when nothing is left that is a letter or a digit. */
export function cleanUp(rendered: string): string {
  let text = rendered;
  if (text.includes('__')) text = text.replace(SWITCH, '');
  if (text.includes("''")) text = text.replace(/'{2,}/g, quotes);
  if (text.includes('~~~')) text = text.replace(/~{3,5}/g, '');
  if (text.includes('&')) text = decodeEntities(text);
  // Taking a mark away can bring another together; each round shortens the text, and more than two are not met.
  while (MARKUP.test(text)) text = text.replace(ALL_MARKUP, '');
  if (text.includes('\n')) text = text.replace(WIDE_BREAK, '');
  text = text.replace(SPACES, (run) => (run.includes('\u3000') ? '\u3000' : ' '));
  text = mendBrackets(text).replace(SPACED_PUNCTUATION, '').trim();
  return /[\p{L}\p{N}]/u.test(text) ? text : '';
}

/** A run of apostrophes: two, three and five are italics and bold, a fourth is one. */
function quotes(run: string): string {
  return run.length === 4 ? "'" : '';
}

const ENDS = /[。！？!?．.…」』）)\]】：:]$/;

/** Whether a line ends what it says, so that the next one is a paragraph of its own. */
export function endsSentence(line: string): boolean {
  return ENDS.test(line);
}

/** Two source lines of one sentence as one. */
export function joinLines(line: string, next: string): string {
  const wide = new RegExp(`[${WIDE}]`);
  return wide.test(line[line.length - 1]!) || wide.test(next[0]!) ? line + next : `${line} ${next}`;
}
