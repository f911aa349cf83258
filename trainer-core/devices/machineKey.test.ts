import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gpuLibraries, machineKey } from './machineKey.js';
import { rememberedFile } from './remembered.js';
import { engineVersion, productVersion } from './versions.js';
import { vulkanManifests } from './vulkanFiles.js';

const folder = mkdtempSync(join(tmpdir(), 'vulkan-'));
after(() => rmSync(folder, { recursive: true }));
const drivers = join(folder, 'vulkan', 'icd.d');
mkdirSync(drivers, { recursive: true });
const manifest = join(drivers, 'radeon_icd.json');
writeFileSync(manifest, '{}');
writeFileSync(join(drivers, 'README'), '');

const linux = process.platform === 'linux' ? false : 'only Linux has manifests';
/** An environment whose every folder of drivers but one is empty. */
const NOWHERE = { HOME: folder, XDG_CONFIG_HOME: '/none', XDG_CONFIG_DIRS: '/none', XDG_DATA_HOME: '/none' };

test('drivers are found where the Vulkan loader looks for them, by their manifests', { skip: linux }, () => {
  const found = (env: Record<string, string>) =>
    vulkanManifests({ ...NOWHERE, ...env }).map((each) => each.split('@')[0]);
  assert.ok(found({ XDG_DATA_DIRS: `/none:${folder}` }).includes(manifest));
  assert.ok(!found({ XDG_DATA_DIRS: '/none' }).includes(manifest));
  assert.deepEqual(found({ VK_ICD_FILENAMES: manifest }), [manifest]);
  assert.deepEqual(found({ VK_DRIVER_FILES: drivers, VK_ICD_FILENAMES: '/none' }), [manifest]);
  assert.deepEqual(found({ VK_ICD_FILENAMES: '/none', XDG_DATA_DIRS: folder }), []);
  assert.ok(found({ VK_ADD_DRIVER_FILES: manifest }).includes(manifest));
});

test(
  'a machine is another one with another driver, another choice of drivers or another version',
  { skip: linux },
  () => {
    const env = { ...NOWHERE, XDG_DATA_DIRS: folder };
    const key = machineKey(env);
    assert.equal(machineKey(env), key);
    assert.ok(key.startsWith(`${productVersion()}|${engineVersion()}|linux-`));
    assert.match(productVersion(), /^\d+\.\d+\.\d+/);
    assert.match(engineVersion(), /^1\.\d+\.\d+/);
    assert.notEqual(machineKey({ ...env, VK_LOADER_DRIVERS_DISABLE: '*nvidia*' }), key);
    assert.notEqual(machineKey({ ...env, CUDA_VISIBLE_DEVICES: '' }), key);
    assert.notEqual(machineKey({ ...env, LD_LIBRARY_PATH: '/usr/local/cuda/lib64' }), key);
    utimesSync(manifest, new Date(2020, 0), new Date(2020, 0));
    assert.notEqual(machineKey(env), key);
  },
);

test("the libraries that GPUs need are known by the loader's cache", { skip: linux }, () => {
  const cache = join(folder, 'ld.so.cache');
  // As glibc writes it: each name, and where it is.
  writeFileSync(
    cache,
    [
      'glibc-ld.so.cache1.1',
      ...['libvulkan_intel.so', 'libvulkan.so.1', 'libcurl.so.4', 'libcudnn.so.9', 'libcublasLt.so.12'].flatMap(
        (name) => [name, `/usr/lib/x86_64-linux-gnu/${name}`],
      ),
    ].join('\0'),
  );
  assert.deepEqual(gpuLibraries(cache), ['libcublasLt.so.12', 'libcudnn.so.9', 'libvulkan.so.1']);
  assert.deepEqual(gpuLibraries('/none'), []);
  for (const name of gpuLibraries()) assert.ok(machineKey().includes(name));
});

test("the memory is in the user's cache folder of each system", () => {
  assert.equal(
    rememberedFile({ XDG_CACHE_HOME: '/cache' }, 'linux'),
    join('/cache', 'distilbert-studio', 'devices.json'),
  );
  assert.equal(
    rememberedFile({ LOCALAPPDATA: '/local' }, 'win32'),
    join('/local', 'distilbert-studio', 'devices.json'),
  );
  assert.match(rememberedFile({}, 'darwin'), /Library.Caches.distilbert-studio/);
  assert.match(rememberedFile({}, 'linux'), /\.cache.distilbert-studio/);
});
