/** The order of classes. */

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Class names, each once, in the order of their ids: as numbers where all of them are whole numbers (2 before 10), else by UTF-16 code
 * unit. They stay names: the classes 1, 2 and 5 have the ids 0, 1 and 2.
 */
export function sortedClasses(names: Iterable<string>): string[] {
  const classes = [...new Set(names)].sort();
  if (!classes.every((name) => WHOLE_NUMBER.test(name))) return classes;
  return classes.sort((a, b) => Number(a) - Number(b));
}
