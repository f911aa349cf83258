/** Source lines → paragraphs. */
import { cleanUp, endsSentence, joinLines, saysSomething } from './cleanup.js';

/** A line that is a heading in all but markup. */
const BOLD_LINE = /^\s*'''[^']+'''\s*$/;

/**
 * MediaWiki joins the lines of a paragraph. Here a line that ends a sentence also ends its paragraph, so that a paragraph is no longer than it need be,
 * and no sentence is cut.
 */
export class Paragraphs {
  readonly done: string[] = [];
  /** The line, as far as it is rendered. */
  line = '';
  /** Whether the line is a paragraph of its own. */
  private apart = false;
  /** Lines of one paragraph, clean; none of them blank. */
  private lines: string[] = [];

  /** The line that begins now is joined to none. */
  beginApart(): void {
    this.end();
    this.apart = true;
  }

  endLine(): void {
    const line = cleanUp(this.line);
    const apart = this.apart || BOLD_LINE.test(this.line);
    this.line = '';
    this.apart = false;
    if (line === '') return;
    const last = this.lines[this.lines.length - 1];
    if (last !== undefined && (apart || endsSentence(last))) this.finish();
    this.lines.push(line);
    if (apart) this.finish();
  }

  end(): void {
    this.endLine();
    this.finish();
  }

  private finish(): void {
    if (this.lines.length === 0) return;
    const paragraph = joinLines(this.lines);
    if (saysSomething(paragraph)) this.done.push(paragraph);
    this.lines = [];
  }
}
