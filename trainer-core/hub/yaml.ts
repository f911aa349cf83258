/** Values as YAML that version 1.1 and 1.2 read alike, as the front matter of a model card has them. */

export type Yaml = string | number | readonly Yaml[] | { readonly [key: string]: Yaml };

/** Without document marks, ending in a line feed. */
export function toYaml(value: { readonly [key: string]: Yaml }): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: Yaml): string[] {
  if (Array.isArray(value)) {
    return (value as readonly Yaml[]).flatMap((item) => {
      const [first = '', ...rest] = lines(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  if (typeof value !== 'object') return [scalar(value as string | number)];
  return Object.entries(value).flatMap(([key, of]) => {
    if (typeof of !== 'object') return [`${key}: ${scalar(of)}`];
    const indent = Array.isArray(of) ? '' : '  ';
    return [`${key}:`, ...lines(of).map((line) => indent + line)];
  });
}

function scalar(value: string | number): string {
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value);
  const text = String(value);
  // Version 1.1 takes 1e-7 for a word.
  return text.includes('.') ? text : text.replace('e', '.0e');
}

/** What no version takes for anything but a word. */
function isPlain(text: string): boolean {
  return /^[a-z][\w./-]*$/i.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
}
