import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { cpuDevice } from '../runtime/devices.js';
import { findings } from './probeFindings.js';
import { probe } from './probeProcess.js';
import { isSoftware } from './systemAdapters.js';
import { timeTraining } from './trainingSample.js';

const skip = useSoftwareVulkan();
const linux = process.platform === 'linux' && process.arch === 'x64' ? false : 'Vulkan is Linux';

/** Runs with other variables in the environment, which the probing process inherits. */
async function withEnvironment<T>(variables: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

test('a GPU in software runs, is called by its name, and has no half precision', { skip }, async () => {
  const found = findings('webgpu', await probe('webgpu', ['run', 'half']));
  assert.equal(found.fault, null);
  assert.match(found.adapter ?? '', /SwiftShader/);
  assert.ok(isSoftware(found.adapter ?? ''));
  assert.equal(found.fp16, false);
});

test('the largest allocation is found out', { skip }, async () => {
  // SwiftShader's own limit is 1 GiB (MAX_MEMORY_ALLOCATION_SIZE of its VkConfig.hpp).
  const { maxBufferSizeBytes } = findings('webgpu', await probe('webgpu', ['run', 'buffers'], { timeoutMs: 120_000 }));
  assert.ok(maxBufferSizeBytes !== null && maxBufferSizeBytes <= 2 ** 30 && maxBufferSizeBytes > 2 ** 29);
});

test('without a driver the reason is that', { skip: skip || linux }, async () => {
  const outcome = await withEnvironment({ VK_ICD_FILENAMES: '/nonexistent' }, () => probe('webgpu', ['run']));
  assert.deepEqual(findings('webgpu', outcome).fault, { code: 'noVulkanDriver' });
});

test('without a Vulkan loader the reason is that', { skip: skip || linux }, async () => {
  // The system's own is hidden behind a file that is no library.
  const folder = mkdtempSync(join(tmpdir(), 'loader-'));
  writeFileSync(join(folder, 'libvulkan.so.1'), 'no library');
  const outcome = await withEnvironment({ LD_LIBRARY_PATH: folder }, () => probe('webgpu', ['run']));
  assert.deepEqual(findings('webgpu', outcome).fault, { code: 'noVulkanLoader', library: 'libvulkan.so.1' });
  rmSync(folder, { recursive: true });
});

test('a process that does not answer in time, or is ended, says so', async () => {
  const late = await probe('cpu', ['run'], { timeoutMs: 1 });
  assert.deepEqual(findings('cpu', late).fault, { code: 'timedOut', seconds: 0.001 });
  const ended = { answers: [], said: 'DRIVER: chatter\nterminate called\n', signal: 'SIGABRT', timedOut: null };
  assert.deepEqual(findings('webgpu', ended).fault, {
    code: 'crashed',
    signal: 'SIGABRT',
    message: 'terminate called',
  });
});

test(
  'a process that hangs in native code ends by itself, should nobody be there to end it',
  { skip: skip || linux },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hanging-'));
    // Opening a pipe that nobody writes to never returns.
    const VK_ICD_FILENAMES = join(folder, 'icd.json');
    execFileSync('mkfifo', [VK_ICD_FILENAMES]);
    const program = fileURLToPath(new URL('./deviceProbe.js', import.meta.url));
    const child = spawn(process.execPath, [program, 'webgpu', '1000', 'run'], {
      env: { ...process.env, VK_ICD_FILENAMES },
      stdio: 'ignore',
      timeout: 60_000,
    });
    const [, signal] = await once(child, 'close');
    rmSync(folder, { recursive: true });
    assert.equal(signal, 'SIGKILL');
  },
);

test('an abort ends the process', async () => {
  const stop = new AbortController();
  const probing = probe('cpu', ['run', 'time'], { signal: stop.signal });
  stop.abort();
  await assert.rejects(probing, { name: 'AbortError' });
});

test('adapters that the runtime takes none of are named', () => {
  const message = 'Failed to get a WebGPU adapter: No supported adapters';
  const said = [
    'INFO | DRIVER:    linux_read_sorted_physical_devices:',
    'INFO | DRIVER:               [0] Intel(R) HD Graphics 4000 (IVB GT2)',
    'INFO | DRIVER:               [0] Intel(R) HD Graphics 4000 (IVB GT2)  ',
  ].join('\n');
  const answers = [{ task: 'run' as const, ok: false, message, fault: null, runtime: null }];
  const { fault } = findings('webgpu', { answers, said, signal: null, timedOut: null });
  assert.deepEqual(fault, { code: 'driverTooOld', adapters: ['Intel(R) HD Graphics 4000 (IVB GT2)'] });
});

test("Dawn's own limit counts where it names one", () => {
  const said = 'Buffer size (4294963200) exceeds the max buffer size limit (2147483647). This adapter supports …';
  const answers = [
    { task: 'run' as const, ok: true, message: '', fault: null, runtime: null },
    { task: 'buffers' as const, bytes: 2 ** 30, ok: true },
  ];
  assert.equal(findings('webgpu', { answers, said, signal: null, timedOut: null }).maxBufferSizeBytes, 2147483647);
});

test('the timed sample trains on the processor and on a GPU', { skip }, async () => {
  const size = { hiddenSize: 64, steps: 1 };
  const cpu = await timeTraining(cpuDevice(), size);
  const gpu = await timeTraining({ ...cpuDevice(), name: 'webgpu' }, size);
  assert.ok(cpu.milliseconds > 0 && gpu.milliseconds > 0);
  for (const quantity of ['loss', 'gradNorm'] as const)
    assert.ok(Math.abs(gpu[quantity] / cpu[quantity] - 1) < 1e-4, `${quantity}: ${gpu[quantity]} ${cpu[quantity]}`);
});

test("a library of NVIDIA's that is not found is named", () => {
  // As onnxruntime 1.30 puts it, with glibc's words at the end; the engine's own file that is not there is another matter.
  const failure = (error: string) => {
    const message = `/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library /engine/libonnxruntime_providers_cuda.so with error: ${error}: cannot open shared object file: No such file or directory`;
    const answers = [{ task: 'run' as const, ok: false, message, fault: null, runtime: null }];
    return findings('cuda', { answers, said: '', signal: null, timedOut: null }).fault;
  };
  assert.deepEqual(failure('libcublasLt.so.12'), { code: 'libraryAbsent', library: 'libcublasLt.so.12' });
  assert.equal(failure('/engine/libonnxruntime_providers_shared.so')?.code, 'failed');
});
