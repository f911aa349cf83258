/** Which evaluation of a run is shown, and which others there are. */

import type { EvaluationReport } from '../../trainer-core/protocol/report.js';
import type { Evaluation } from '../metrics/metricsHistory.js';
import type { DashboardState } from '../state.js';

/** An evaluation with its tables. */
export type ReportedEvaluation = Evaluation & { report: EvaluationReport };

/** Those that have tables, in their order. Files are not trusted to be whole. */
export function reportedEvaluations(evaluations: readonly Evaluation[]): ReportedEvaluation[] {
  return evaluations.filter((each): each is ReportedEvaluation => {
    const report = (each.report ?? {}) as unknown as Record<string, unknown>;
    const lists = {
      regression: ['furthest'],
      multi_label_classification: ['classes', 'misread'],
      single_label_classification: ['classes', 'confusion', 'misread'],
    }[(report.problemType as EvaluationReport['problemType']) ?? 'single_label_classification'];
    return lists?.every((list) => Array.isArray(report[list])) ?? false;
  });
}

/** What was chosen; the last of its split when that is gone, and the last of all when nothing was chosen. */
export function chosenEvaluation(
  evaluations: readonly ReportedEvaluation[],
  chosen: DashboardState['evaluation'],
): ReportedEvaluation | undefined {
  const split = evaluations.filter((each) => each.split === chosen?.split);
  return split.find((each) => each.globalStep === chosen?.globalStep) ?? split.at(-1) ?? evaluations.at(-1);
}
