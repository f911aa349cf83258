/** A file that one process adds to: what goes in only in part is cut off again. */
import { type FileHandle, open } from 'node:fs/promises';
import { writeError } from './atomicWrite.js';

export class AppendedFile {
  private handle: FileHandle | null = null;
  private sizeBytes = 0;
  /** Appends wait for one another, so that they never mix and a failed one can be cut off. */
  private last: Promise<void> = Promise.resolve();

  /** `wholeBytes` tells how much of what is there already is whole: a process may have been killed while it wrote the rest. */
  constructor(
    private readonly file: string,
    private readonly wholeBytes: () => Promise<number>,
  ) {}

  /** Adds to the end. Throws `diskFull`, `folderNotWritable`; the file then ends as it did before. */
  append(bytes: Uint8Array): Promise<void> {
    const done = this.last.then(() => this.write(bytes));
    this.last = done.catch(() => {});
    return done;
  }

  /** Waits for the appends under way and closes the file; the next append opens it again. */
  async close(): Promise<void> {
    await this.last;
    await this.handle?.close();
    this.handle = null;
  }

  private async write(bytes: Uint8Array): Promise<void> {
    try {
      this.handle ??= await this.openEnd();
      const handle = this.handle;
      try {
        await handle.writeFile(bytes);
        this.sizeBytes += bytes.length;
      } catch (error) {
        await handle.truncate(this.sizeBytes);
        throw error;
      }
    } catch (error) {
      throw writeError(error, this.file, bytes.length);
    }
  }

  private async openEnd(): Promise<FileHandle> {
    this.sizeBytes = await this.wholeBytes();
    const handle = await open(this.file, 'a');
    await handle.truncate(this.sizeBytes);
    return handle;
  }
}
