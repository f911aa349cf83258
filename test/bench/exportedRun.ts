/** Run as `exportedRun.js FILE PIECES STEPS WARMUP THREADS VOCABULARY`: times one sequence in an exported model, in this process alone. */
import { ModelFile } from '../../trainer-core/runtime/modelFile.js';
import { median, round } from './steps.js';

const [file, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [pieces, steps, warmup, threads, vocab] = numbers.map(Number) as [number, number, number, number, number];
const model = await ModelFile.open(file, threads);
const ids = Int32Array.from({ length: pieces }, (_, i) => 5 + ((i * 7919) % (vocab - 5)));
const inputs = { input_ids: ids, attention_mask: ids.map(() => 1) };
const walls: number[] = [];
const cpus: number[] = [];
for (let i = -warmup; i < steps; i++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await model.logits(inputs, [1, pieces]);
  if (i < 0) continue;
  walls.push((performance.now() - start) / 1000);
  const used = process.cpuUsage(cpu);
  cpus.push((used.user + used.system) / 1e6);
}
await model.dispose();
const peak_rss_MiB = round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ median_s: round(median(walls)), cpu_s_median: round(median(cpus)), peak_rss_MiB }));
