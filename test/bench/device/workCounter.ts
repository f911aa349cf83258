/** Counts the matrix work of whatever this process runs, teacher and student and all, by the graphs and the sizes they are run with. */
import type { Graph } from '../../../trainer-core/graph/graph.js';
import { Program } from '../../../trainer-core/runtime/program.js';
import { symbolValues } from '../../../trainer-core/runtime/symbols.js';
import { matrixWork } from './matrixWork.js';

export class WorkCounter {
  /** Floating-point operations, and runs of graphs, since `counted` began. */
  #work = 0;
  #runs = 0;
  #counting = false;

  private constructor() {}

  /** From here on every program that is compiled can be counted. */
  static install(): WorkCounter {
    const counter = new WorkCounter();
    const compile = Program.compile.bind(Program);
    Program.compile = async (graph, options) => counter.#counted(await compile(graph, options), graph);
    return counter;
  }

  /** What `work` runs. It is not to be timed: counting takes time of its own. */
  async counted(work: () => Promise<unknown>): Promise<{ work: number; runs: number }> {
    [this.#work, this.#runs, this.#counting] = [0, 0, true];
    await work();
    this.#counting = false;
    return { work: this.#work, runs: this.#runs };
  }

  #counted(program: Program, graph: Graph): Program {
    const inputs = [...graph.inputs.values()].filter(({ name }) => program.feedNames.includes(name));
    const count = (feeds: Parameters<Program['run']>[0], bindings: Readonly<Record<string, number>> | undefined) => {
      if (!this.#counting) return;
      this.#work += matrixWork(graph, symbolValues(inputs, feeds, bindings));
      this.#runs++;
    };
    return {
      feedNames: program.feedNames,
      run: (feeds, options) => {
        count(feeds, options?.bindings);
        return program.run(feeds, options);
      },
      runKeeping: (feeds, options) => {
        count(feeds, options?.bindings);
        return program.runKeeping(feeds, options);
      },
      dispose: () => program.dispose(),
    };
  }
}
