/** How much memory a process may still take: the machine's, or less where a control group limits it (containers, services). */

import { execFileSync } from 'node:child_process';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { textOf } from './system.js';

/** Bytes that can be taken before something has to give way. Files kept in memory for speed count as free. */
export function freeMemory(root = '/'): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(textOf(join(root, 'proc/meminfo')))?.[1];
  const machine = available === undefined ? withoutMeminfo() : Number(available) * 1024;
  return Math.min(machine, ...groupsOf(root).map((group) => leftOf(group)));
}

/** What macOS calls free are pages that nothing has been put into yet. */
function withoutMeminfo(): number {
  if (process.platform !== 'darwin') return freemem();
  return reclaimable(execFileSync('/usr/bin/vm_stat', { encoding: 'utf8' }));
}

/** Bytes in what `vm_stat` writes: of free pages, and of those whose contents nobody asks for or can be read again. */
export function reclaimable(statistics: string): number {
  const number = (pattern: string) => Number(new RegExp(pattern).exec(statistics)?.[1] ?? 0);
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((kind) => number(`Pages ${kind}: +(\\d+)`));
  return number('page size of (\\d+) bytes') * pages.reduce((sum, count) => sum + count);
}

/** A control group's files, by what they tell. */
interface Group {
  folder: string;
  limit: string;
  used: string;
  fileCache: RegExp;
}

/** The process's memory groups, from its own up to the root, of either version. */
function groupsOf(root: string): Group[] {
  return textOf(join(root, 'proc/self/cgroup'))
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (path === undefined) return [];
      if (controllers === '') {
        const files = { limit: 'memory.max', used: 'memory.current', fileCache: /^inactive_file (\d+)/m };
        return foldersUp(path).map((folder) => ({ folder: join(root, 'sys/fs/cgroup', folder), ...files }));
      }
      if (!controllers?.split(',').includes('memory')) return [];
      const files = {
        limit: 'memory.limit_in_bytes',
        used: 'memory.usage_in_bytes',
        fileCache: /^total_inactive_file (\d+)/m,
      };
      return foldersUp(path).map((folder) => ({ folder: join(root, 'sys/fs/cgroup/memory', folder), ...files }));
    });
}

function foldersUp(path: string): string[] {
  return dirname(path) === path ? [path] : [path, ...foldersUp(dirname(path))];
}

/** What a group may still take; Infinity without a limit, and for a group that is not seen from within a container. */
function leftOf({ folder, limit, used, fileCache }: Group): number {
  const most = Number.parseInt(textOf(join(folder, limit)), 10);
  const now = Number.parseInt(textOf(join(folder, used)), 10);
  if (Number.isNaN(most) || Number.isNaN(now)) return Number.POSITIVE_INFINITY;
  const cache = Number(fileCache.exec(textOf(join(folder, 'memory.stat')))?.[1] ?? 0);
  return Math.max(0, most - now + cache);
}
