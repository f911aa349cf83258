/** Quotes words of the command lines that we suggest, so that they can be copied into a POSIX shell. */

/** The word itself where the shell takes it as it is, else in single quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
