import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DeviceFault, DeviceName, DeviceReport } from '../protocol/devices.js';
import { hasCode } from '../protocol/errors.js';
import { chooseDevice } from './chooseDevice.js';
import { findDevices } from './findDevices.js';
import type { Machine } from './machine.js';
import type { ProbeOutcome } from './probeProcess.js';
import type { ProbeAnswer, ProbeTask } from './probeTasks.js';

let folder: string;
before(async () => {
  delete process.env.DISTILBERT_STUDIO_DEVICE;
  folder = await mkdtemp(join(tmpdir(), 'devices-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A device of the made-up machine: how long a step of it takes, or why it does not run. */
interface FakeDevice {
  milliseconds?: number;
  says?: string;
  fails?: string;
  /** It runs, and does not get through the timing. */
  untimed?: boolean;
  /** What it computes; the processor's are 222 and 8238. */
  loss?: number;
  gradNorm?: number;
}

let machines = 0;

/** A machine with these devices, on Windows, where none is passed over unseen; `asked` is what was tried, in order. */
function machineWith(devices: Partial<Record<DeviceName, FakeDevice>>): Machine & { asked: string[] } {
  const asked: string[] = [];
  const absent: DeviceFault = { code: 'notOnThisPlatform', platform: 'win32-x64', platforms: [] };
  return {
    asked,
    platform: 'win32-x64',
    key: () => 'a machine',
    rememberedFile: join(folder, `${machines++}`, 'devices.json'),
    absence: (name) => (devices[name] ? null : absent),
    adapters: async () => [
      { name: 'NVIDIA GeForce RTX 3080', driver: '591.44', memoryBytes: 10 * 2 ** 30 },
      { name: 'Intel(R) UHD Graphics 770', driver: '32.0.101', memoryBytes: 128 * 2 ** 20 },
    ],
    async probe(name, tasks): Promise<ProbeOutcome> {
      asked.push(`${name}: ${tasks.join(' ')}`);
      const { milliseconds = 100, says = '', fails, untimed, loss = 222, gradNorm = 8238 } = devices[name] ?? {};
      const of: Record<ProbeTask, ProbeAnswer> = {
        run: { task: 'run', ok: fails === undefined, message: fails ?? '', fault: null, runtime: null },
        half: { task: 'half', ok: true, message: '' },
        buffers: { task: 'buffers', bytes: 2 ** 31, ok: true },
        time: { task: 'time', milliseconds, loss, gradNorm },
      };
      const answered = tasks.filter((task) => !(untimed && task === 'time'));
      const answers = fails === undefined ? answered.map((task) => of[task]) : [of.run];
      return { answers, said: says, signal: null, timedOut: null };
    },
  };
}

test('auto takes the fastest, and times once a machine', async () => {
  const machine = machineWith({ webgpu: { milliseconds: 12 }, dml: { milliseconds: 30 } });
  const stages: string[] = [];
  const onStage = ({ phase, file }: { phase: string; file?: string }) => stages.push(`${phase} ${file}`);
  const device = await chooseDevice('auto', { machine, onStage });
  assert.equal(device.name, 'webgpu');
  assert.equal(device.description, 'NVIDIA GeForce RTX 3080');
  assert.ok(!machine.asked.some((each) => each.includes('buffers')), 'nothing is allocated for a choice');
  assert.deepEqual(stages, ['choosingDevice cpu', 'choosingDevice webgpu', 'choosingDevice dml']);
  const asked = machine.asked.length;
  assert.equal((await chooseDevice('auto', { machine, onStage })).name, 'webgpu');
  assert.equal((await chooseDevice('dml', { machine, onStage })).name, 'dml');
  assert.equal(machine.asked.length, asked, 'nothing is tried again');
  assert.equal(stages.length, 3);
});

test('auto takes the processor where that is faster', async () => {
  const machine = machineWith({ cpu: { milliseconds: 50 }, webgpu: { milliseconds: 80 } });
  assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
});

test('the environment may say what auto stands for, in the list as in a choice; a name there is none of is refused with the names', async () => {
  const machine = machineWith({ webgpu: { milliseconds: 12 }, dml: { milliseconds: 30 } });
  process.env.DISTILBERT_STUDIO_DEVICE = 'dml';
  try {
    assert.equal((await chooseDevice('auto', { machine })).name, 'dml');
    assert.equal((await chooseDevice('webgpu', { machine })).name, 'webgpu');
    const found = await findDevices({ machine });
    assert.deepEqual(
      found.flatMap(({ name, chosen }) => (chosen ? [name] : [])),
      ['dml'],
    );
    process.env.DISTILBERT_STUDIO_DEVICE = 'gpu';
    await assert.rejects(chooseDevice('auto', { machine }), (error) => {
      assert.ok(hasCode(error, 'configNotAllowed'));
      assert.deepEqual([error.data.file, error.data.got], ['DISTILBERT_STUDIO_DEVICE', '"gpu"']);
      assert.ok(error.data.allowed.includes('webgpu'));
      return true;
    });
    assert.equal((await chooseDevice('webgpu', { machine })).name, 'webgpu');
  } finally {
    delete process.env.DISTILBERT_STUDIO_DEVICE;
  }
});

test('with the processor alone auto tries nothing, times nothing and writes nothing', async () => {
  const machine = machineWith({});
  assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
  assert.deepEqual(machine.asked, []);
  await assert.rejects(readFile(machine.rememberedFile));
});

test('auto never takes a GPU that the processor emulates, and does not time one', async () => {
  const machine = { ...machineWith({ webgpu: { milliseconds: 1, says: loaderSays('llvmpipe (LLVM 19)') } }) };
  assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
  assert.deepEqual(machine.asked, ['webgpu: run']);
  const device = await chooseDevice('webgpu', { machine });
  assert.deepEqual([device.name, device.description], ['webgpu', 'llvmpipe (LLVM 19) (software)']);
});

test('a device that fails is passed over by auto, and refused with its reason when it is named', async () => {
  const machine = machineWith({ webgpu: { fails: 'Failed to get a WebGPU adapter: No supported adapters' } });
  assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
  for (const [name, code] of [
    ['webgpu', 'noAdapter'],
    ['cuda', 'notOnThisPlatform'],
    ['toaster', undefined],
  ] as const) {
    await assert.rejects(chooseDevice(name, { machine }), (error) => {
      assert.ok(hasCode(error, 'deviceUnavailable'));
      assert.equal(error.data.reason?.code, code);
      assert.deepEqual(error.data.available, ['cpu']);
      return true;
    });
  }
});

/** As if all that is remembered had been tried two hours ago. */
async function twoHoursPass({ rememberedFile }: Machine): Promise<void> {
  const known = JSON.parse(await readFile(rememberedFile, 'utf8'));
  for (const machine of known.machines) machine.triedAt = new Date(Date.now() - 2 * 3600_000).toISOString();
  await writeFile(rememberedFile, JSON.stringify(known));
}

test('auto lets a device that failed alone for an hour and then tries it again, but does not time again what it knows', async () => {
  const devices: Partial<Record<DeviceName, FakeDevice>> = {
    webgpu: { fails: 'no loader', milliseconds: 12 },
    dml: { milliseconds: 30 },
  };
  const machine = machineWith(devices);
  const asked = async () => {
    machine.asked.length = 0;
    return [(await chooseDevice('auto', { machine })).name, machine.asked];
  };
  assert.deepEqual(await asked(), ['dml', ['webgpu: run', 'dml: run', 'cpu: run time', 'dml: run time']]);
  assert.deepEqual(await asked(), ['dml', []]);
  await twoHoursPass(machine);
  assert.deepEqual(await asked(), ['dml', ['webgpu: run', 'dml: run']]);
  assert.deepEqual(await asked(), ['dml', []]);
  delete devices.webgpu?.fails;
  assert.deepEqual(await asked(), ['dml', []]);
  await twoHoursPass(machine);
  assert.equal((await asked())[0], 'webgpu');
  await twoHoursPass(machine);
  assert.deepEqual(await asked(), ['webgpu', []], 'where all of them work, nothing is tried again');
});

test('auto takes what the list has found mended', async () => {
  const devices: Partial<Record<DeviceName, FakeDevice>> = { webgpu: { fails: 'no loader', milliseconds: 12 } };
  const machine = machineWith(devices);
  assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
  delete devices.webgpu?.fails;
  await findDevices({ machine });
  assert.equal((await chooseDevice('auto', { machine })).name, 'webgpu');
});

test('a device, or the processor, that did not get through the timing is timed again: by auto after an hour, by the list at once', async () => {
  for (const busy of ['cpu', 'webgpu'] as const) {
    for (const again of ['auto', 'list']) {
      const devices: Partial<Record<DeviceName, FakeDevice>> = { cpu: {}, webgpu: { milliseconds: 12 } };
      devices[busy] = { ...devices[busy], untimed: true };
      const machine = machineWith(devices);
      assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
      delete devices[busy].untimed;
      const asked = machine.asked.length;
      assert.equal((await chooseDevice('auto', { machine })).name, 'cpu');
      assert.equal(machine.asked.length, asked);
      if (again === 'auto') await twoHoursPass(machine);
      else await findDevices({ machine });
      assert.equal((await chooseDevice('auto', { machine })).name, 'webgpu', `${busy} ${again}`);
    }
  }
});

test('another machine, another driver or a damaged file: devices are timed anew, and nothing fails', async () => {
  const machine = machineWith({ webgpu: { milliseconds: 12 } });
  await chooseDevice('auto', { machine });
  const asked = machine.asked.length;
  await chooseDevice('auto', { machine: { ...machine, key: () => 'another' } });
  assert.equal(machine.asked.length, 2 * asked);
  await writeFile(machine.rememberedFile, '{"version":1,"machines":[{"key":3}');
  await chooseDevice('auto', { machine });
  assert.equal(machine.asked.length, 3 * asked);
  // Below a file there can be none.
  const nowhere = { ...machine, rememberedFile: join(machine.rememberedFile, 'devices.json') };
  assert.equal((await chooseDevice('auto', { machine: nowhere })).name, 'webgpu');
  assert.equal((await chooseDevice('auto', { machine: nowhere })).name, 'webgpu');
  assert.equal(machine.asked.length, 5 * asked);
});

test('a device that computes something else than the processor is not taken, is refused, and is told with how far it is off', async () => {
  const wrong = { milliseconds: 1, loss: 222 * 1.01, gradNorm: 8238.5 };
  const machine = machineWith({ webgpu: wrong, dml: { milliseconds: 30, loss: 222.1, gradNorm: 8239 } });
  assert.equal((await chooseDevice('auto', { machine })).name, 'dml');
  const asked = machine.asked.length;
  assert.equal((await chooseDevice('auto', { machine })).name, 'dml');
  await assert.rejects(chooseDevice('webgpu', { machine }), (error) => {
    assert.ok(hasCode(error, 'deviceUnavailable') && error.data.reason?.code === 'disagrees');
    assert.ok(Math.abs((error.data.reason.lossDifference as number) - 0.01) < 1e-9);
    assert.ok((error.data.reason.gradientDifference as number) < error.data.reason.limit);
    assert.deepEqual(error.data.available, ['cpu', 'dml']);
    return true;
  });
  assert.equal(machine.asked.length, asked, 'remembered');
  const timings = () => machine.asked.filter((each) => each.endsWith('time')).length;
  const timed = timings();
  const webgpu = (await findDevices({ machine })).find(({ name }) => name === 'webgpu');
  assert.deepEqual([webgpu?.available, webgpu?.chosen, webgpu?.reason?.code], [false, false, 'disagrees']);
  assert.equal(timings(), timed, 'the list does not time it again either');
});

test('results that are no numbers, and none of the processor to compare with, leave the processor', async () => {
  // JSON has no NaN.
  const none = null as never as number;
  for (const devices of [
    { webgpu: { milliseconds: 1, loss: none } },
    { webgpu: { milliseconds: 1, gradNorm: none } },
    { webgpu: { milliseconds: 1 }, cpu: { fails: 'no time' } },
  ]) {
    assert.equal((await chooseDevice('auto', { machine: machineWith(devices) })).name, 'cpu');
  }
});

test('an abort ends the choice', async () => {
  const machine = machineWith({ webgpu: {} });
  const stop = new AbortController();
  const probe: Machine['probe'] = async (name, tasks, options) => {
    stop.abort();
    options.signal?.throwIfAborted();
    return machine.probe(name, tasks, options);
  };
  await assert.rejects(chooseDevice('auto', { machine: { ...machine, probe }, signal: stop.signal }), {
    name: 'AbortError',
  });
});

test('the list has a line for every name: what works with what the system says of it, what does not with the reason', async () => {
  const machine = machineWith({ webgpu: { milliseconds: 12 }, dml: { fails: 'no such device' } });
  const found = await findDevices({ machine });
  assert.deepEqual(
    found.map(({ name, available, chosen, reason }) => [name, available, chosen, reason?.code]),
    [
      ['cpu', true, false, undefined],
      ['webgpu', true, true, undefined],
      ['cuda', false, false, 'notOnThisPlatform'],
      ['dml', false, false, 'failed'],
      ['coreml', false, false, 'notOnThisPlatform'],
      ['tensorflow', false, false, 'notOnThisPlatform'],
    ],
  );
  const [cpu, webgpu] = found;
  assert.equal(cpu?.measured?.milliseconds, 100);
  assert.equal(webgpu?.measured?.milliseconds, 12);
  assert.equal(webgpu?.memoryBytes, 10 * 2 ** 30);
  assert.equal(webgpu?.driver, '591.44');
  assert.equal(webgpu?.fp16, true);
  assert.equal(webgpu?.limits.maxBufferSizeBytes, 2 ** 31);
  assert.equal(webgpu?.backend, 'Direct3D 12');
});

test('the list times again when it is told to, or when other devices work than were timed', async () => {
  const machine = machineWith({ webgpu: {} });
  const timings = () => machine.asked.filter((each) => each.endsWith('time')).length;
  await findDevices({ machine });
  assert.equal(timings(), 2);
  await findDevices({ machine });
  assert.equal(timings(), 2);
  await findDevices({ machine, refresh: true });
  assert.equal(timings(), 4);
  const more = machineWith({ webgpu: {}, dml: {} });
  await findDevices({ machine: { ...more, rememberedFile: machine.rememberedFile } });
  assert.equal(more.asked.filter((each) => each.endsWith('time')).length, 3);
});

test('the list measures nothing where something computes: it tells remembered times, else none and no choice, and remembers none', async () => {
  const machine = machineWith({ webgpu: { milliseconds: 12 } });
  const list = () => findDevices({ machine, measure: false });
  const told = (reports: DeviceReport[]) =>
    reports.flatMap(({ name, available, chosen, measured, limits }) =>
      available ? [[name, chosen, measured?.milliseconds ?? null, limits.maxBufferSizeBytes]] : [],
    );
  assert.deepEqual(told(await list()), [
    ['cpu', false, null, null],
    ['webgpu', false, null, null],
  ]);
  assert.deepEqual(machine.asked, ['webgpu: run half']);
  await assert.rejects(readFile(machine.rememberedFile));
  await findDevices({ machine });
  assert.deepEqual(told(await list()), [
    ['cpu', false, 100, null],
    ['webgpu', true, 12, null],
  ]);
  const emulated = machineWith({ webgpu: { says: loaderSays('llvmpipe (LLVM 19)') } });
  const [cpu] = await findDevices({ machine: emulated, measure: false });
  assert.equal(cpu?.chosen, true, 'where there is nothing to time the processor is the choice');
});

/** What the Vulkan loader says with VK_LOADER_DEBUG when it opens this adapter. */
function loaderSays(adapter: string): string {
  return `DRIVER:                  Using "${adapter}" with driver: "/usr/lib/libvulkan.so"\n`;
}
