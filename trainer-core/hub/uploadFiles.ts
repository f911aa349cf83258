/** What of a model folder goes to the hub: the files that make the model, and its card. Nothing else that lies there. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readError } from '../checkpoint/inputFile.js';
import { CARD_FILES, readShardIndex, TOKENIZER_FILES, WEIGHT_FILES } from '../checkpoint/modelFolder.js';
import { TrainerError } from '../protocol/errors.js';
import { checkTexts, checkWeights } from './checkModel.js';
import { modelCard } from './modelCard.js';

/** One file of an upload. */
export interface UploadFile {
  path: string;
  sizeBytes: number;
  /** Where it lies, or its text. */
  content: URL | Blob;
}

/**
 * Checks the model, and lists its files, the card's first. The folder's own card goes along, which may have been edited; where there
 * is none, or another licence is asked for, it is made. Throws what `checkTexts`, `checkWeights` and `modelCard` throw.
 */
export async function uploadFiles(
  folder: string,
  { name, license }: { name: string; license?: string | undefined },
): Promise<{ files: UploadFile[]; license: string }> {
  const config = await checkTexts(folder);
  await checkWeights(folder, config);
  const onDisk = async (path: string): Promise<UploadFile> => {
    const file = join(folder, path);
    const { size } = await stat(file).catch((error: unknown) => {
      throw readError(error, file);
    });
    return { path, sizeBytes: size, content: pathToFileURL(file) };
  };
  const there = (paths: readonly string[]) => paths.filter((path) => existsSync(join(folder, path)));

  const card: UploadFile[] = [];
  let text: string;
  if (license === undefined && existsSync(join(folder, CARD_FILES.text))) {
    text = await readFile(join(folder, CARD_FILES.text), 'utf8');
    for (const path of there(Object.values(CARD_FILES))) card.push(await onDisk(path));
  } else {
    const made = await modelCard(folder, { name, license });
    text = made[CARD_FILES.text] ?? '';
    for (const [path, contents] of Object.entries(made)) {
      const content = new Blob([contents]);
      card.push({ path, sizeBytes: content.size, content });
    }
  }
  const model = ['config.json', 'vocab.txt', ...there(TOKENIZER_FILES), ...(await weights(folder))];
  const files = [...card, ...(await Promise.all(model.map(onDisk)))];
  return { files, license: /^---\n(?:.*\n)*?license: *"?([\w.-]+)/.exec(text)?.[1] ?? 'unknown' };
}

/** The first form of the weights that is there, with its shards. */
async function weights(folder: string): Promise<string[]> {
  const form = WEIGHT_FILES.find(({ file }) => existsSync(join(folder, file)));
  if (form === undefined) throw new TrainerError('modelHasNoWeights', { folder });
  const shards = form.sharded ? (await readShardIndex(join(folder, form.file))).keys() : [];
  return [form.file, ...shards];
}
