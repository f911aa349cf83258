import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { amdCards, appleCards, nvidiaCards, nvidiaSmi, readCards } from './graphicsCards.js';

test("nvidia-smi's lines, with what a card does not tell left out", () => {
  // The second is how nvidia-smi writes a GPU that shares the system's memory.
  const csv = 'NVIDIA GeForce RTX 4070, 5120, 12282, 97\nNVIDIA GB10, [N/A], [N/A], 3\n';
  assert.deepEqual(nvidiaCards(csv), [
    {
      vendor: 'nvidia',
      name: 'NVIDIA GeForce RTX 4070',
      usage: { memoryUsedBytes: 5120 * 1048576, memoryTotalBytes: 12282 * 1048576, utilization: 0.97 },
    },
    { vendor: 'nvidia', name: 'NVIDIA GB10', usage: { utilization: 0.03 } },
  ]);
  assert.deepEqual(nvidiaCards(''), []);
  assert.deepEqual(nvidiaCards('No devices were found\n'), []);
});

test('on Windows nvidia-smi is that of the system, whatever lies in the working folder', () => {
  assert.equal(nvidiaSmi('win32', { SystemRoot: 'D:\\Windows' }), 'D:\\Windows\\System32\\nvidia-smi.exe');
  assert.equal(nvidiaSmi('win32', {}), 'C:\\Windows\\System32\\nvidia-smi.exe');
  assert.equal(nvidiaSmi('linux', {}), 'nvidia-smi');
});

test("amdgpu's files, of cards and not of their connectors", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drm-'));
  const write = (card: string, files: Record<string, string>) => {
    mkdirSync(join(folder, card, 'device'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, card, 'device', name), `${text}\n`);
  };
  write('card0', { vendor: '0x8086' });
  write('card1', { mem_info_vram_used: '2147483648', mem_info_vram_total: '17163091968', gpu_busy_percent: '42' });
  write('card1-DP-1', { gpu_busy_percent: '1' });
  assert.deepEqual(await amdCards(folder), [
    {
      vendor: 'amd',
      name: '',
      usage: { memoryUsedBytes: 2 ** 31, memoryTotalBytes: 17_163_091_968, utilization: 0.42 },
    },
  ]);
  assert.deepEqual(await amdCards(join(folder, 'none')), []);
  rmSync(folder, { recursive: true });
});

test("the accelerator in macOS's registry: memory in use, not the driver's part of it", () => {
  // As an M4 Max writes it.
  const registry =
    '  | |   "PerformanceStatistics" = {"In use system memory (driver)"=0,"Alloc system memory"=52967440384,"Tiler Utilization %"=10,"recoveryCount"=0,"Device Utilization %"=16,"In use system memory"=2363801600}\n';
  assert.deepEqual(appleCards(registry, 64e9), [
    { vendor: 'apple', name: '', usage: { memoryUsedBytes: 2_363_801_600, memoryTotalBytes: 64e9, utilization: 0.16 } },
  ]);
  assert.deepEqual(appleCards(''), []);
});

test('a machine without any of the tools, or with none that can be started, has nothing to tell', async (t) => {
  const { PATH } = process.env;
  t.after(() => {
    process.env.PATH = PATH;
  });
  // With a file in place of a folder `spawn` throws at once, as it does when memory runs out.
  for (const path of ['', process.execPath]) {
    process.env.PATH = path;
    for (const { vendor } of await readCards()) assert.equal(vendor, 'amd');
  }
});
