/** `devices` and `--device` as a user has them: with a GPU in software, and on a machine without a driver. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEVICE_NAMES, type DeviceReport, deviceReport } from '../../trainer-core/protocol/devices.js';
import { start } from '../support/commandLine.js';
import { useSoftwareVulkan } from '../support/softwareVulkan.js';
import { writeClassifier } from '../support/tinyModels.js';

const skip = useSoftwareVulkan();
const folder = mkdtempSync(join(tmpdir(), 'devices-'));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'classifier');
const texts = join(folder, 'texts.txt');
const cache = join(folder, 'cache');
const env = { ...process.env, LC_ALL: 'C', XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
const remembered = join(cache, 'distilbert-studio', 'devices.json');
const NO_DRIVER = { ...env, VK_ICD_FILENAMES: '/nonexistent', VK_DRIVER_FILES: '/nonexistent' };

before(async () => {
  writeFileSync(texts, '東京で選手が優勝を語った\n');
  await writeClassifier(model, 'distilbert');
});

async function listed(variables: NodeJS.ProcessEnv): Promise<Map<string, DeviceReport>> {
  const { code, out, err } = await start(['devices', '--json'], { env: variables }).ended;
  assert.equal(code, 0, err);
  const reports = out
    .trimEnd()
    .split('\n')
    .map((line) => deviceReport.parse(JSON.parse(line)));
  assert.deepEqual(
    reports.map(({ name }) => name),
    [...DEVICE_NAMES],
  );
  return new Map(reports.map((report) => [report.name, report]));
}

test('a GPU in software is listed as such, and auto takes the processor', { skip }, async () => {
  const { cpu, webgpu } = Object.fromEntries(await listed(env));
  assert.ok(cpu?.chosen);
  assert.ok(webgpu?.available && webgpu.software && !webgpu.chosen);
  assert.match(webgpu.description, /SwiftShader/);
  assert.equal(webgpu.fp16, false);
  assert.equal(webgpu.measured, null);
  assert.ok(existsSync(remembered), 'it is remembered');
});

test('without a driver WebGPU is listed with that as the reason', { skip }, async () => {
  const webgpu = (await listed(NO_DRIVER)).get('webgpu');
  assert.deepEqual(webgpu?.reason, { code: 'noVulkanDriver' });
  assert.equal(webgpu?.available, false);
});

const classify = (device: string) => [
  'classify',
  '--model',
  model,
  '--device',
  device,
  '--input',
  texts,
  '--output',
  '-',
];

test('a device that is asked for and missing is refused with the reason and the mend', { skip }, async () => {
  const { code, err } = await start(classify('webgpu'), { env: NO_DRIVER }).ended;
  assert.equal(code, 1);
  const text = err.replace(/\s+/g, ' ');
  assert.match(text, /"webgpu" is not available here\. The Vulkan loader finds no driver\./);
  assert.match(text, /Install the GPU's driver.*set device to "cpu"/);
  const japanese = await start([...classify('webgpu'), '--lang', 'ja'], { env: NO_DRIVER }).ended;
  assert.match(
    japanese.err.replace(/\s+/g, ''),
    /"webgpu"はここでは使えません。Vulkanローダーがドライバーを見つけられません/,
  );
});

test('a classifier on a GPU in software answers as on the processor', { skip }, async () => {
  const answers = async (device: string) => {
    const { code, out, err } = await start(classify(device), { env }).ended;
    assert.equal(code, 0, err);
    const [label, score] = out.trimEnd().split('\n').at(-1)?.split('\t') as [string, string];
    return { label, score: Number(score) };
  };
  const [expected, got] = [await answers('cpu'), await answers('webgpu')];
  assert.equal(got.label, expected.label);
  assert.ok(Math.abs(got.score - expected.score) <= 1e-4 * expected.score);
});
