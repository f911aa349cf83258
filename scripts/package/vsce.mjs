/** Calls VS Code's own packager; imports what is installed in this folder. */

import * as vsce from '@vscode/vsce';

/** Makes the VSIX `file` for `target` from a folder that holds everything it needs. */
export function createVSIX(folder, target, file) {
  return vsce.createVSIX({
    cwd: folder,
    target,
    packagePath: file,
    dependencies: false,
    // Links lead to files of the repository, which has no address yet.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
}
