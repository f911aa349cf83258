import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { freeMemory, reclaimable } from './freeMemory.js';

/** A system whose files are these. */
function withFiles(files: Record<string, string>, check: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'memory-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  try {
    check(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const meminfo = { 'proc/meminfo': 'MemTotal:  8000 kB\nMemFree:  10 kB\nMemAvailable:  4000 kB\n' };

test('this machine has some', () => {
  assert.ok(freeMemory() > 0 && freeMemory() <= totalmem());
});

test('what the system calls available, where there is no limit', () => {
  withFiles({ ...meminfo, 'proc/self/cgroup': '0::/user.slice\n' }, (root) => {
    assert.equal(freeMemory(root), 4000 * 1024);
  });
});

test('on macOS pages that are kept for speed alone count as free', () => {
  // As a Mac with 32 GiB wrote it (github.com/wazuh/wazuh/issues/22113).
  const statistics = `Mach Virtual Memory Statistics: (page size of 4096 bytes)
Pages free:                             6127229.
Pages active:                            485320.
Pages inactive:                          628646.
Pages speculative:                       430715.
Pages throttled:                              0.
Pages wired down:                        715958.
Pages purgeable:                          11820.
"Translation faults":                  11477162.
Pages copy-on-write:                     356264.
Pages zero filled:                      7628050.
Pages reactivated:                         9561.
Pages purged:                              1423.
File-backed pages:                      1080348.
Anonymous pages:                         464333.
`;
  assert.equal(reclaimable(statistics), (6127229 + 628646 + 430715 + 11820) * 4096);
});

test('the lowest limit of the groups above, files in memory not counted as used', () => {
  const files = {
    ...meminfo,
    'proc/self/cgroup': '0::/service/run\n',
    'sys/fs/cgroup/service/run/memory.max': 'max\n',
    'sys/fs/cgroup/service/run/memory.current': '700000\n',
    'sys/fs/cgroup/service/memory.max': '1000000\n',
    'sys/fs/cgroup/service/memory.current': '800000\n',
    'sys/fs/cgroup/service/memory.stat': 'anon 400000\ninactive_file 300000\nactive_file 100000\n',
  };
  withFiles(files, (root) => assert.equal(freeMemory(root), 500_000));
});

test('the limits of the older kind of group', () => {
  const files = {
    ...meminfo,
    'proc/self/cgroup': '5:cpu,cpuacct:/\n4:memory:/box\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '2000000\n',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '2500000\n',
  };
  withFiles(files, (root) => assert.equal(freeMemory(root), 0));
});
