/** Text from elsewhere in Markdown. */

/** Text that Markdown shows as it is, on one line and in a table's cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+\-.!~|<>&$:@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
