/** Everything that is measured of a corpus's making, in interleaved rounds, so that a busy minute of the machine falls on all alike. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from '../../../trainer-core/documents/program.js';
import type { Unpacker } from '../../../trainer-core/protocol/jobs.js';
import { measure, type Watched } from './measured.js';

/** Of each measurement its rounds; `two alone` are two processes at once. */
export type Figures = Record<string, Watched[]>;

/** The dump, and the same as `.bz2`. */
export interface DumpFiles {
  xml: string;
  bz2: string;
  folder: string;
}

/** The unpackers of bzip2 that this machine has. */
export function bzip2Unpackers(): Unpacker[] {
  return [...(['lbzip2', 'pbzip2'] as const).filter(isInstalled), 'threads', 'inProcess'];
}

/** Packs in blocks of 900 kB, as dumps are. */
export function pack(xml: string, bz2: string): void {
  const output = openSync(bz2, 'w');
  try {
    execFileSync(isInstalled('lbzip2') ? 'lbzip2' : 'bzip2', ['-9kc', xml], { stdio: ['ignore', output, 'inherit'] });
  } finally {
    closeSync(output);
  }
}

/** Runs each measurement `rounds` times in turn. */
export async function measureAll({ xml, bz2, folder }: DumpFiles, rounds: number): Promise<Figures> {
  const out = join(folder, 'corpus');
  const figures: Figures = {};
  const note = (name: string, watched: Watched) => {
    figures[name] ??= [];
    figures[name].push(watched);
    const [load] = loadavg();
    console.error(`${name}: ${watched.wall.toFixed(1)} s, ${watched.cpu.toFixed(1)} CPU s, load ${load!.toFixed(1)}`);
  };
  for (let round = 0; round < rounds; round++) {
    note('extract', await measure({ kind: 'extract', file: xml }));
    note('one alone', await measure({ kind: 'sequences', file: xml }));
    note('one worker', await measure({ kind: 'build', file: xml, out, workers: 1 }));
    const pair = [0, 1].map(() => measure({ kind: 'sequences', file: xml }));
    for (const watched of await Promise.all(pair)) note('two alone', watched);
    note('two workers', await measure({ kind: 'build', file: xml, out, workers: 2 }));
    for (const by of bzip2Unpackers()) note(`extract by ${by}`, await measure({ kind: 'extract', file: bz2, by }));
    note('bz2', await measure({ kind: 'build', file: bz2, out, workers: 2 }));
    // Without any program on the path our own decoder unpacks.
    note('bz2 by threads', await measure({ kind: 'build', file: bz2, out, workers: 2 }, ''));
  }
  return figures;
}
