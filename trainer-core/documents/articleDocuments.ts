/** Documents from the output of WikiExtractor: `<doc id="…" url="…" title="…">`, a title, text, `</doc>`; or one JSON object a line. */

import { emptyDocuments } from './emptyDocuments.js';
import type { ChunkDocuments, InputChunk } from './inputs.js';
import { jsonDocuments } from './jsonDocuments.js';
import { decodeLines, linesOf } from './textLines.js';
import { decodeXml } from './xmlEntities.js';

const BEGIN = /^<doc id="(.*?)".*? title="(.*)">\s*$/;
const END = /^<\/doc>\s*$/;

/** The articles of a chunk; `json`: whether they are written as JSON. Throws what `jsonDocuments` throws. */
export function articleDocuments(chunk: InputChunk, json: boolean): ChunkDocuments {
  if (json) return jsonDocuments(chunk, 'text', articleLines);
  const result = emptyDocuments();
  let article: { id: string; title: string; text: string[] } | null = null;
  for (const line of decodeLines(chunk)) {
    const begin = BEGIN.exec(line);
    if (begin !== null) {
      article = { id: begin[1]!, title: decodeXml(begin[2]!), text: [] };
    } else if (!END.test(line)) {
      article?.text.push(line);
    } else if (article !== null) {
      const { id, title, text } = article;
      const lines = articleLines(text.join('\n'), title);
      if (lines.length === 0) result.dropped.noText++;
      else result.documents.push({ id, title, lines });
      article = null;
    }
  }
  return result;
}

/** An article's lines, without the first when it only repeats the title. */
function articleLines(text: string, title: string): string[] {
  const lines = linesOf(decodeXml(text));
  return lines[0] === title.trim() ? lines.slice(1) : lines;
}
