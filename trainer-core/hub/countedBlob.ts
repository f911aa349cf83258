/** A blob that tells of its bytes as they are read: fetch has no other way to show how far a request's body is. */

/** Has the contents of another blob, also of one that reads them from a file only when they are asked for. */
export class CountedBlob extends Blob {
  readonly #blob: Blob;
  readonly #onBytes: (count: number) => void;

  constructor(blob: Blob, onBytes: (count: number) => void) {
    super([], { type: blob.type });
    this.#blob = blob;
    this.#onBytes = onBytes;
    Object.defineProperty(this, 'size', { value: blob.size });
  }

  override stream(): ReturnType<Blob['stream']> {
    const onBytes = this.#onBytes;
    const counting = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    });
    return this.#blob.stream().pipeThrough(counting);
  }
}
