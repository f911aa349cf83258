/** An append-only file of JSON lines that survives a kill in the middle of a line. */
import { TrainerError } from '../protocol/errors.js';
import { AppendedFile } from './appendedFile.js';
import { atomicFile } from './atomicWrite.js';
import { withInputFile } from './inputFile.js';
import { isJsonObject, type JsonObject } from './json.js';

const NEWLINE = 0x0a;

/** One line of metrics: any JSON, and the optimiser step it tells of. */
export type MetricsRecord = JsonObject & { globalStep: number };

/** The metrics file of a run. One process at a time may append. */
export class MetricsLog {
  private readonly end: AppendedFile;

  constructor(private readonly file: string) {
    this.end = new AppendedFile(file, async () => (await this.bytes()).lastIndexOf(NEWLINE) + 1);
  }

  /** Adds one line. Throws `diskFull`, `folderNotWritable`; a line that went in only in part is cut off again. */
  async append(record: MetricsRecord): Promise<void> {
    await this.end.append(Buffer.from(`${JSON.stringify(record)}\n`));
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
    await this.end.close();
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
