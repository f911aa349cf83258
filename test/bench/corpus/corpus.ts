/** `npm run bench -- --mode corpus`: speed and memory of a corpus's making, against the goals, and the time of a whole dump reckoned from them. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../steps.js';
import { type DumpFiles, type Figures, measureAll, pack } from './figures.js';
import { measure, type Watched } from './measured.js';
import { FULL_DUMP, reckon } from './reckoning.js';
import { committedPages, readDump, writeRepeated } from './repeatedDump.js';

export interface CorpusBenchOptions {
  /** `.xml` or `.xml.bz2`; the pages of the tests where there is none. */
  dump?: string;
  megabytes: number;
  rounds: number;
  /** Only one build with default settings, and how much memory it takes as it goes on. */
  memory: boolean;
}

/** What WikiExtractor does on one core of the same kind of machine, in MB of XML a second, as measured for issue 4. */
const WIKI_EXTRACTOR = 9.8;

/** Prints a table on standard error, and gives the figures. */
export async function benchCorpus(options: CorpusBenchOptions): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'corpusBench-'));
  try {
    const files: DumpFiles = { folder, xml: join(folder, 'dump.xml'), bz2: join(folder, 'dump.xml.bz2') };
    const dump = options.dump === undefined ? committedPages() : await readDump(options.dump);
    const pages = await writeRepeated(dump, options.megabytes * 1e6, files.xml);
    pack(files.xml, files.bz2);
    const sizes = { pages, xmlMb: mega(statSync(files.xml).size), bz2Mb: mega(statSync(files.bz2).size) };
    const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
    const result = options.memory ? await memoryOver(files) : summary(await measureAll(files, options.rounds), files);
    return { machine, input: { dump: options.dump ?? 'committed pages', ...sizes }, ...result };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One build of the `.bz2` with default settings; the resident megabytes in each twentieth of its time. */
async function memoryOver({ bz2, folder }: DumpFiles): Promise<Record<string, unknown>> {
  const build = await measure({ kind: 'build', file: bz2, out: join(folder, 'corpus') });
  const parts = 20;
  const overTime = Array.from({ length: parts }, (_, i) => {
    const samples = build.memory.filter(({ seconds }) => Math.floor((parts * seconds) / (build.wall + 1)) === i);
    return Math.round(mega(Math.max(0, ...samples.map(({ own, programs }) => own + programs))));
  });
  const { wall, cpu, textBytes, peakRssBytes, peakWithProgramsBytes } = build;
  const peaks = { peakRssMb: mega(peakRssBytes), peakRssWithProgramsMb: mega(peakWithProgramsBytes) };
  return { wallS: wall, cpuS: cpu, textMb: mega(textBytes), ...peaks, mbOverTime: overTime };
}

function summary(figures: Figures, { xml }: DumpFiles): Record<string, unknown> {
  const xmlBytes = statSync(xml).size;
  const of = (name: string, value: (each: Watched) => number) => median(figures[name]!.map(value));
  // Other work on the machine only adds to these, so the quickest rounds say most.
  const quickest = (name: string) => Math.min(...figures[name]!.map((each) => each.wall));
  const gainOfProcesses = (2 * quickest('one alone')) / quickest('two alone');
  const gainOfWorkers = quickest('one worker') / quickest('two workers');
  const costs = {
    mainThread: of('bz2', (each) => each.mainThread) / xmlBytes,
    shared: of('bz2', (each) => each.cpu - each.mainThread) / xmlBytes,
  };
  const busy = of('bz2', (each) => each.cpu / (2 * each.wall));
  const goals = [
    goal(
      'extraction, MB of XML a core-second',
      of('extract', (each) => xmlBytes / 1e6 / each.cpu),
      20,
    ),
    goal('extraction, times WikiExtractor', of('extract', (each) => xmlBytes / 1e6 / each.cpu) / WIKI_EXTRACTOR, 2),
    goal(
      'build by one worker, MB of text a core-second',
      of('one worker', (each) => each.textBytes / 1e6 / each.cpu),
      3.5,
    ),
    goal('gain of two workers / of two processes', gainOfWorkers / gainOfProcesses, 0.9),
  ];
  const peak = Math.max(
    ...Object.values(figures).flatMap((rounds) => rounds.map((each) => each.peakWithProgramsBytes)),
  );
  const rows = Object.keys(figures).map((name) => ({
    what: name,
    'wall s': rounded(of(name, (each) => each.wall)),
    quickest: rounded(quickest(name)),
    'CPU s': rounded(of(name, (each) => each.cpu)),
    'of it writing thread': rounded(of(name, (each) => each.mainThread)),
    'XML MB / CPU s': rounded(of(name, (each) => xmlBytes / 1e6 / each.cpu)),
    'text MB / CPU s': rounded(of(name, (each) => each.textBytes / 1e6 / each.cpu)),
    'peak MB': Math.round(mega(Math.max(...figures[name]!.map((each) => each.peakRssBytes)))),
    'with programs': Math.round(mega(Math.max(...figures[name]!.map((each) => each.peakWithProgramsBytes)))),
  }));
  const reckoned = [2, 16].map((cores) => reckon(FULL_DUMP.xmlBytes, costs, cores, busy));
  process.stderr.write(`${table(rows)}\n\n${table(goals)}\n\n`);
  console.error(`peak memory ${Math.round(mega(peak))} MB (goal: below 1,000)`);
  for (const { cores, seconds, arithmetic } of reckoned) {
    console.error(`a dump of 4 GB on ${cores} cores, reckoned: ${(seconds / 60).toFixed(0)} min = ${arithmetic}`);
  }
  return { rows, goals, gainOfProcesses, gainOfWorkers, peakMb: mega(peak), reckoned };
}

function goal(what: string, measured: number, least: number): Record<string, string | number | boolean> {
  return { goal: what, measured: rounded(measured), least, met: measured >= least };
}

/** Rows of the same keys, in columns; Markdown. */
function table(rows: readonly Record<string, unknown>[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.map(String).join(' | ')} |`;
  const keys = Object.keys(rows[0]!);
  return [line(keys), line(keys.map(() => '---')), ...rows.map((row) => line(Object.values(row)))].join('\n');
}

function mega(bytes: number): number {
  return bytes / 1e6;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
