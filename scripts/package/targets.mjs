/** The platforms that a VSIX is made for, and the engine's files that each of them needs. */

/** VS Code's name of a platform → the folder of onnxruntime-node that holds its native files. */
export const TARGETS = {
  'linux-x64': 'linux/x64',
  'linux-arm64': 'linux/arm64',
  'win32-x64': 'win32/x64',
  'win32-arm64': 'win32/arm64',
  'darwin-arm64': 'darwin/arm64',
};

/** Targets for which the engine's package can install what CUDA needs. */
export const HAS_CUDA = ['linux-x64'];

/** This machine's target; it need not be one of TARGETS. */
export const OWN_TARGET = `${process.platform}-${process.arch}`;

/** npm has no symbolic links, so macOS gets its library twice; the binding asks for the short name. */
export const DUPLICATE = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** A VSIX may be at most this large. */
export const LIMIT_BYTES = 60 * 1024 * 1024;
