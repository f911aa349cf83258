/** Finds what can be replayed in a folder of fixtures, by contents, and replays it. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkClassification } from './classification.js';
import { checkCurve } from './curve.js';
import { checkCase } from './distillationCase.js';
import { checkExtract } from './extract.js';
import { checkForward } from './forward.js';
import { type Finding, Findings } from './measurement.js';
import { checkWeightFiles } from './weightFiles.js';

/** Other ways to cut up the work; each must give the same numbers. The fixtures' micro-batches are four sequences of up to 12 tokens. */
const layouts = [
  { labelledChunks: 3, otherChunks: 4, tokensPerRun: 1 },
  { labelledChunks: 1, otherChunks: 4, tokensPerRun: 48 },
  { labelledChunks: 3, otherChunks: 1, tokensPerRun: 24 },
];
/** Several micro-batches of a step in a run. */
const together = { layout: { labelledChunks: 2, otherChunks: 3, tokensPerRun: 120 }, together: true };

type Part = [name: string, check: (findings: Findings) => Promise<void>];

/**
 * Replays every part of `folder`, which may itself be a part.
 * @param onPart is told what each part gave, as soon as it is done.
 * @returns all findings; none when nothing there can be replayed.
 */
export async function check(
  folder: string,
  onPart: (findings: readonly Finding[]) => void = () => {},
): Promise<Finding[]> {
  const all: Finding[] = [];
  for (const [name, run] of await partsOf(folder, basename(folder))) {
    const findings = new Findings(name);
    try {
      await run(findings);
      if (!findings.list.some((finding) => 'quantity' in finding)) findings.fail('nothing could be compared');
    } catch (error) {
      findings.fail(`could not be replayed: ${error instanceof Error ? error.message : String(error)}`);
    }
    onPart(findings.list);
    all.push(...findings.list);
  }
  return all;
}

async function partsOf(folder: string, name: string): Promise<Part[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const has = (...names: string[]) => names.every((each) => existsSync(join(folder, each)));
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  if (has('curve.json')) return [[name, (findings) => checkCurve(folder, findings)]];
  if (has('student_from_teacher.safetensors')) return [[name, (findings) => checkExtract(folder, findings)]];
  if (has('case.json', 'config.json')) return [[name, (findings) => checkClassification(folder, findings)]];
  if (has('teacher', 'student')) return distillationParts(folder, name, folders);
  const parts: Part[] = [];
  for (const each of folders) parts.push(...(await partsOf(join(folder, each), each)));
  return parts;
}

/** Weight files, forward pass, and each case; one case of each kind once more for each layout. */
function distillationParts(folder: string, name: string, folders: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (const role of ['teacher', 'student']) {
    const model = join(folder, role);
    if (existsSync(join(model, 'pytorch_model.bin')))
      parts.push([`${name}/${role}`, (findings) => checkWeightFiles(model, findings)]);
  }
  if (existsSync(join(folder, 'forward.safetensors')))
    parts.push([`${name}/forward`, (findings) => checkForward(folder, findings)]);
  const cases = folders.filter((each) => existsSync(join(folder, each, 'case.json')));
  for (const each of cases) parts.push([`${name}/${each}`, (findings) => checkCase(folder, each, findings)]);
  // One case of each kind (mlm_…, clm_…, only_…) is enough to see that the pieces add up.
  const kinds = new Map<string, string>();
  for (const each of cases) {
    const kind = each.split('_', 1)[0] as string;
    if (!kinds.has(kind) && existsSync(join(folder, each, 'grads_first_step.safetensors'))) kinds.set(kind, each);
  }
  for (const whole of kinds.values()) {
    for (const layout of layouts) {
      const { labelledChunks, otherChunks, tokensPerRun } = layout;
      const title = `${name}/${whole} in ${labelledChunks}+${otherChunks} chunks, tokens a run: ${tokensPerRun}`;
      parts.push([title, (findings) => checkCase(folder, whole, findings, { layout })]);
    }
  }
  for (const each of cases)
    parts.push([`${name}/${each} in runs of whole steps`, (findings) => checkCase(folder, each, findings, together)]);
  return parts;
}
