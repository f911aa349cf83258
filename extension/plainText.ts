/** Text from files, names and programs in a notification. */

/** The text without links: VS Code makes `[words](address)` in a notification one, also to a command, whoever the words come from. */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
