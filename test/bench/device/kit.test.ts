import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeKit } from './kit.js';
import type { DeviceReport } from './report.js';

const TINY = '--device cpu --batch 2 --seq 8 --layers 1 --hidden 16 --heads 2 --ffn 32 --vocab 100 --precision fp32';
const SHORT = '--mode finetune --steps 2 --warmup 1 --rounds 1 --probe-size 16 --threads 1';

test(
  'a kit runs by itself, away from this project',
  { skip: process.platform !== 'linux' && 'kits are for Linux' },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-kit-'));
    try {
      // Node.js is half of a kit, and here already.
      await makeKit(folder, false);
      symlinkSync(process.execPath, join(folder, 'bin/node'));
      const flags = `${TINY} ${SHORT}`.split(' ');
      // PyTorch, which the flags of run.sh ask for, need not be here: what a peer fails with is in the report.
      const env = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR };
      execFileSync(join(folder, 'run.sh'), flags, { cwd: tmpdir(), env, stdio: 'pipe' });
      const report = JSON.parse(readFileSync(join(folder, 'results/results.json'), 'utf8')) as DeviceReport;
      assert.deepEqual(
        report.cases.map(({ standings }) => standings.find(({ side }) => side === 'ours')?.name),
        ['ours fp32'],
      );
      for (const { profiles } of report.cases) assert.ok((profiles['ours fp32']?.count ?? 0) > 10);
      assert.match(readFileSync(join(folder, 'results/results.md'), 'utf8'), /\| finetune 2×8 \| ours fp32 \|/);
      assert.ok(!readdirSync(join(folder, 'node_modules')).includes('esbuild'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
