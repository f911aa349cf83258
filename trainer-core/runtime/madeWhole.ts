/** What is made of several things that each hold memory of an engine: programs, and tensors on a device. */

interface Holder {
  dispose(): void | Promise<void>;
}

/**
 * Gives what `make` gives. When that throws, all that it has passed through `own` is disposed of, the newest first: a tensor must not
 * outlive the program that made it.
 */
export async function madeWhole<T>(make: (own: <H extends Holder>(made: H) => H) => Promise<T>): Promise<T> {
  const holders: Holder[] = [];
  try {
    return await make((made) => {
      holders.push(made);
      return made;
    });
  } catch (error) {
    for (const holder of holders.reverse()) await holder.dispose();
    throw error;
  }
}
