/** Which model of the Hugging Face hub a folder is. */

/** The id of a model in Hugging Face's cache, where it lies in `models--ORGANISATION--NAME/snapshots/COMMIT`; else null. */
export function hubIdOf(folder: string): string | null {
  const name = /(?:^|[\\/])models--([^\\/]+)[\\/]snapshots[\\/][^\\/]+[\\/]?$/.exec(folder)?.[1];
  return name?.replace('--', '/') ?? null;
}
