/** Which links and pages belong to namespaces that carry no text. */

/** A namespace as the dump's <siteinfo> names it. */
export interface Namespace {
  key: number;
  name: string;
}

const FILE = 6;
const CATEGORY = 14;
/** Names that every wiki, or the Japanese one, knows beside its own. */
const ALWAYS_SILENT = ['file', 'image', 'category', 'ファイル', '画像', 'カテゴリ'];

/** `WikitextOptions.silentNamespaces` for a wiki with these namespaces; without them, for the Japanese Wikipedia. */
export function silentNamespaces(namespaces: readonly Namespace[] = []): Set<string> {
  const own = namespaces.filter(({ key }) => key === FILE || key === CATEGORY);
  return new Set([...ALWAYS_SILENT, ...own.map(({ name }) => name.toLowerCase().replaceAll('_', ' '))]);
}
