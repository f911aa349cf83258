/** An answer that takes its time, asked for once by all who want it; pure, so that every order of events can be tested. */

/** Knows nothing until it is first asked. */
export class SharedAnswer<T> {
  #known: T | undefined;
  #asking: { anew: boolean; answer: Promise<T> } | undefined;
  #last: Promise<void> = Promise.resolve();

  /** @param question looks, with `anew` without remembering; `changed`: called after `known` has become another. */
  constructor(
    readonly question: (anew: boolean) => Promise<T>,
    readonly changed: () => void,
  ) {}

  /** The newest answer; undefined before the first. */
  get known(): T | undefined {
    return this.#known;
  }

  /**
   * What is known or is being asked; with `anew` what is found by looking again.
   * @param isEnough whether what is known will do; where it will not, it is asked again. Rejects as the question does.
   */
  ask(anew = false, isEnough: (known: T) => boolean = () => true): Promise<T> {
    if (this.#known !== undefined && !anew && isEnough(this.#known)) return Promise.resolve(this.#known);
    if (this.#asking && (this.#asking.anew || !anew)) return this.#asking.answer;
    // One after another: what is timed beside something else looks slow.
    const asking = { anew, answer: this.#last.then(() => this.question(anew)) };
    this.#asking = asking;
    const end = (found?: T) => {
      if (this.#asking !== asking) return;
      this.#asking = undefined;
      if (found === undefined) return;
      this.#known = found;
      this.changed();
    };
    this.#last = asking.answer.then(end, () => end());
    return asking.answer;
  }

  /** It may be another now: neither what is known nor what is being asked is kept. */
  forget(): void {
    this.#known = undefined;
    this.#asking = undefined;
    this.changed();
  }
}
