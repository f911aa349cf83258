/** What Linux tells of processes in /proc: processor time with that of programs that were run, and memory. See proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

/** The clock of /proc, in ticks a second: the same on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

/** Processor time in seconds so far. */
export interface CpuTime {
  /** Of all threads of this process, and of the programs that it has run and that have ended. */
  all: number;
  /** Of this process's first thread. */
  mainThread: number;
  /** Of the programs alone. */
  programs: number;
}

/** This process's. Outside of Linux `mainThread` and `programs` are not known: NaN. */
export function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1e6;
  if (process.platform !== 'linux') return { all: own, mainThread: Number.NaN, programs: Number.NaN };
  const fields = statOf('self');
  const main = statOf(`self/task/${process.pid}`);
  const programs = (fields[13]! + fields[14]!) / TICKS;
  return { all: own + programs, mainThread: (main[11]! + main[12]!) / TICKS, programs };
}

/** The numbers of a `stat` file from the third on, so that `[k]` is the field that proc(5) numbers k + 3. */
function statOf(path: string): number[] {
  const text = readFileSync(`/proc/${path}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** Resident bytes of a process and of the programs it runs; 0 where it is gone, and outside of Linux. */
export function residentBytes(pid: number): { own: number; programs: number } {
  try {
    const own = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const programs = children.reduce((sum, child) => sum + residentBytes(Number(child)).own, 0);
    return { own, programs };
  } catch {
    return { own: 0, programs: 0 };
  }
}
