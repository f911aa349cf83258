/** A model card as one text that needs no files beside it. */

/** The card's files by their names, as `card --json` gives them. */
export interface CardFiles {
  files: Readonly<Record<string, string>>;
}

/** The Markdown with its figures in it, as data. */
export function cardText({ files }: CardFiles): string {
  const { 'README.md': text = '', ...figures } = files;
  return Object.entries(figures).reduce((card, [name, svg]) => {
    const data = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
    return card.replaceAll(`](${name})`, `](${data})`);
  }, text);
}
