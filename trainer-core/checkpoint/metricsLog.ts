/** An append-only file of JSON lines that survives a kill in the middle of a line. */
import { type FileHandle, open } from 'node:fs/promises';
import { TrainerError } from '../protocol/errors.js';
import { atomicFile, writeError } from './atomicWrite.js';
import { withInputFile } from './inputFile.js';
import { isJsonObject, type JsonObject } from './json.js';

const NEWLINE = 0x0a;

/** One line of metrics: any JSON, and the optimiser step it tells of. */
export type MetricsRecord = JsonObject & { globalStep: number };

/** The metrics file of a run. One process at a time may append. */
export class MetricsLog {
  private handle: FileHandle | null = null;
  private sizeBytes = 0;
  /** Appends wait for one another, so that lines never mix and a failed one can be cut off. */
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** Adds one line. Throws `diskFull`, `folderNotWritable`; a line that went in only in part is cut off again. */
  append(record: MetricsRecord): Promise<void> {
    const done = this.last.then(() => this.appendLine(`${JSON.stringify(record)}\n`));
    this.last = done.catch(() => {});
    return done;
  }

  /** The whole lines of the file, in order; none when there is no file. A torn last line, or one that is no record, is passed over. */
  async read(): Promise<MetricsRecord[]> {
    const lines = (await this.bytes()).toString('utf8').split('\n').slice(0, -1);
    return lines.flatMap((line) => parseRecord(line) ?? []);
  }

  /** Keeps only the records up to `globalStep`. */
  async rewind(globalStep: number): Promise<void> {
    await this.close();
    const kept = (await this.read()).filter((record) => record.globalStep <= globalStep);
    await atomicFile(this.file, kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }

  /** Waits for the appends under way and closes the file; the next append opens it again. */
  async close(): Promise<void> {
    await this.last;
    await this.handle?.close();
    this.handle = null;
  }

  private async appendLine(line: string): Promise<void> {
    try {
      this.handle ??= await this.openEnd();
      const handle = this.handle;
      try {
        await handle.writeFile(line);
        this.sizeBytes += Buffer.byteLength(line);
      } catch (error) {
        await handle.truncate(this.sizeBytes);
        throw error;
      }
    } catch (error) {
      throw writeError(error, this.file, Buffer.byteLength(line));
    }
  }

  /** Opens the file for appending, with the torn line of a killed process cut off first. */
  private async openEnd(): Promise<FileHandle> {
    this.sizeBytes = (await this.bytes()).lastIndexOf(NEWLINE) + 1;
    const handle = await open(this.file, 'a');
    await handle.truncate(this.sizeBytes);
    return handle;
  }

  private async bytes(): Promise<Buffer> {
    try {
      return await withInputFile(this.file, (input) => input.read(0, input.sizeBytes));
    } catch (error) {
      if (error instanceof TrainerError && error.code === 'fileNotFound') return Buffer.alloc(0);
      throw error;
    }
  }
}

function parseRecord(line: string): MetricsRecord | null {
  try {
    const record: unknown = JSON.parse(line);
    return isJsonObject(record) && typeof record.globalStep === 'number' ? (record as MetricsRecord) : null;
  } catch {
    return null;
  }
}
