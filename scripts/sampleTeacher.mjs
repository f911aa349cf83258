/**
 * Puts a pre-trained model into the sample as its teacher, its weights in half precision.
 *
 *   node dist/cli.js pretrain --config media/sample/teacher.pretrain.json --out runs/teacher
 *   node scripts/sampleTeacher.mjs runs/teacher/final media/sample/teacher           (after `npm run typecheck`)
 */
import { loadModel, saveModel, vocabFileOf } from '../out/trainer-core/hub/modelFiles.js';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error('usage: node scripts/sampleTeacher.mjs MODEL_FOLDER OUT_FOLDER');
  process.exit(2);
}
const { config, weights } = await loadModel(from);
await saveModel(to, { config, weights, vocabFile: vocabFileOf(from) }, 'maskedLm', 'F16');
