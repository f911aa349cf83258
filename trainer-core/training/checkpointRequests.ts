/** Requests from outside of the loop to save a checkpoint, which it grants after the step at hand. */

/** A checkpoint on disk. */
export interface SavedCheckpoint {
  globalStep: number;
  folder: string;
}

/** Those who wait for the next checkpoint. */
export class CheckpointRequests {
  #waiting: Waiting[] = [];

  /** True when somebody waits. */
  get pending(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the next checkpoint is on disk; rejects when the run ends without. */
  add(): Promise<SavedCheckpoint> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Tells all who wait of a checkpoint. */
  grant(saved: SavedCheckpoint): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(saved);
  }

  /** Tells all who wait that there will be none. */
  refuse(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The run ended before it was saved.'));
  }
}

interface Waiting {
  resolve(saved: SavedCheckpoint): void;
  reject(reason: Error): void;
}
