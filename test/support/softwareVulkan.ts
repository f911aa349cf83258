/** A Vulkan device in software, so that what a GPU does can be tested on any machine: SwiftShader, which comes with Chromium. */

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before } from 'node:test';
import { exp } from '../../trainer-core/graph/build.js';
import { Graph } from '../../trainer-core/graph/graph.js';
import type { Device } from '../../trainer-core/runtime/devices.js';
import { Program } from '../../trainer-core/runtime/program.js';

/** The device as the runtime knows it. */
export const softwareGpu: Device = { name: 'webgpu', description: 'Vulkan in software', threads: 1 };

/** Where Debian's chromium-common and Google's package put it. */
const DRIVERS = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'];

/** Where Debian's libvulkan1 and other distributions put the loader, without which no driver is found. */
const LOADERS = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib64/libvulkan.so.1', '/usr/lib/libvulkan.so.1'];

/**
 * Makes it the one Vulkan device of this process and of those that it starts from now on; call it before the first session.
 * A driver that `VK_ICD_FILENAMES` names already stays. While the tests of this process run, the engine keeps the device and with it
 * what it has compiled: a model's kernels take ten seconds.
 * @returns what `skip` of a test takes: false, or why the test cannot run here. Under CI=true it throws instead.
 */
export function useSoftwareVulkan(): false | string {
  const driver = process.env.VK_ICD_FILENAMES ?? DRIVERS.find(existsSync);
  const missing = [driver === undefined && DRIVERS[0], LOADERS.some(existsSync) ? false : LOADERS[0]].filter(Boolean);
  if (driver === undefined || missing.length > 0) {
    const files = missing.join(' and ');
    const reason = `there is no GPU in software (${files} not found); install it by: apt-get install chromium libvulkan1`;
    if (process.env.CI === 'true') throw new Error(reason);
    return reason;
  }
  process.env.VK_ICD_FILENAMES = driver;
  process.env.ORT_DISABLE_TELEMETRY = '1';
  // Without it Wayland's library, which the driver asks for a screen, says so on stderr.
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  let holder: Program | undefined;
  before(async () => {
    const graph = new Graph();
    graph.output('y', exp(graph, graph.input('x', [1])));
    holder = await Program.compile(graph, { device: softwareGpu });
  });
  after(() => holder?.dispose());
  return false;
}
