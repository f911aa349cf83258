/**
 * A bench kit: a folder with which the benchmarks of a device run on a machine that has no network and nothing installed. It holds this
 * project's compiled programs as far as they are needed, Node.js, onnxruntime's files for this system, and libraries that a machine with
 * a graphics driver may still lack. `run.sh` in it runs them.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PROGRAM = 'out/test/bench/device/device.js';
const PEER = ['bench.sh', 'bench.py', 'models.py'].map((name) => `test/bench/torch/${name}`);

/** Vulkan's loader, and what NVIDIA's driver is linked with. */
const LIBRARIES = ['vulkan.so.1', 'X11.so.6', 'Xext.so.6', 'xcb.so.1', 'Xau.so.6', 'Xdmcp.so.6', 'bsd.so.0', 'md.so.0'];
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** Packages whose files are found at run time, beside what the programs import. */
const WHOLE_PACKAGES = ['onnxruntime-common', 'long'];

export interface Kit {
  folder: string;
  files: number;
  MiB: number;
}

/** Makes the folder anew. @param node false: without Node.js, which is most of it; `run.sh` then needs `bin/node` from elsewhere. */
export async function makeKit(folder: string, node = true): Promise<Kit> {
  if (process.platform !== 'linux') throw new Error('a bench kit is made on Linux, for Linux');
  rmSync(folder, { recursive: true, force: true });
  const copy = (path: string) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, dereference: true });
  };
  for (const file of [...(await neededFiles()), ...PEER]) copy(file);
  for (const name of WHOLE_PACKAGES.map((each) => `node_modules/${each}`)) if (existsSync(join(ROOT, name))) copy(name);
  const engine = 'node_modules/onnxruntime-node';
  for (const part of ['package.json', 'dist', `bin/napi-v6/linux/${process.arch}`]) copy(`${engine}/${part}`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  copyFileSync(join(ROOT, 'test/bench/device/run.sh'), join(folder, 'run.sh'));
  mkdirSync(join(folder, 'lib'));
  for (const name of LIBRARIES.map((each) => `lib${each}`)) {
    const found = LIBRARY_FOLDERS.map((each) => join(each, name)).find(existsSync);
    if (found) copyFileSync(realpathSync(found), join(folder, 'lib', name));
  }
  mkdirSync(join(folder, 'bin'));
  if (node) copyFileSync(process.execPath, join(folder, 'bin/node'));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { folder, files: files.length, MiB: Math.round(bytes / 2 ** 20) };
}

/** Packs a kit into one file beside it and gives its MiB. */
export function packKit(folder: string): { archive: string; MiB: number } {
  const archive = `${folder}.tar.xz`;
  const { status } = spawnSync(
    'tar',
    ['-cJf', archive, '-C', dirname(folder), folder.slice(dirname(folder).length + 1)],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error(`tar ended with ${status}`);
  return { archive, MiB: Math.round(statSync(archive).size / 2 ** 20) };
}

/** What the program and the programs that it starts are made of, with the package.json of every package. */
async function neededFiles(): Promise<Set<string>> {
  const programs = new Set([PROGRAM]);
  const files = new Set<string>();
  // A Set that grows while it is gone through is gone through to its end.
  for (const program of programs) {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [program],
      outdir: 'out',
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      // Node.js itself does not know esbuild's condition `module`.
      conditions: [],
      external: ['onnxruntime-node', '@tensorflow/*'],
      logLevel: 'silent',
    });
    for (const file of Object.keys(metafile.inputs)) {
      files.add(file);
      const packageFile = packageOf(file);
      if (packageFile) files.add(packageFile);
      if (!file.startsWith('node_modules/')) for (const started of startedBy(file)) programs.add(started);
    }
  }
  return files;
}

/** Programs and threads that a file of ours starts: it names them by their place beside it. */
function startedBy(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/new URL\('(\.{1,2}\/[^']+\.js)', import\.meta\.url\)/g)]
    .map(([, path]) => join(dirname(file), path as string))
    .filter((path) => existsSync(join(ROOT, path)));
}

function packageOf(file: string): string | null {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return found ? `${found[1]}/package.json` : null;
}
