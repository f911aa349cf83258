/** A config as rows: one setting each, by its dotted name. */

/** `{ student: { layers: 2 } }` → `student.layers`, 2. Lists are one value. */
export function flatSettings(config: object, prefix = ''): [key: string, value: unknown][] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? flatSettings(value, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}
