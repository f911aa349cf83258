/** Ids of models on the Hugging Face hub, as people paste them. */

const ID = /^(?:[a-z0-9][\w.-]{0,95}\/)?[a-z0-9][\w.-]{0,95}$/i;

/** `owner/name` (or an old model's `name`), also out of the address of the model's page; undefined when it is neither. */
export function parseHubId(text: string): string | undefined {
  const id = text
    .trim()
    .replace(/^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//i, '')
    .replace(/\/(?:tree|blob|resolve)\/.*$/, '')
    .replace(/\/+$/, '');
  return ID.test(id) && !/\.\.|--/.test(id) && !/[.-]$/.test(id) ? id : undefined;
}

/** What to call the folder of a model from `from`, an id or a path. */
export function importedName(from: string): string {
  return from.split(/[\\/]/).filter(Boolean).at(-1) ?? 'model';
}
