/** Which evaluation of a run is shown, and which others there are. */

import type { ClassificationReport } from '../../trainer-core/protocol/report.js';
import type { Evaluation } from '../metrics/metricsHistory.js';
import type { DashboardState } from '../state.js';

/** An evaluation with its tables. */
export type ReportedEvaluation = Evaluation & { report: ClassificationReport };

/** Those that have tables, in their order. Files are not trusted to be whole. */
export function reportedEvaluations(evaluations: readonly Evaluation[]): ReportedEvaluation[] {
  return evaluations.filter((each): each is ReportedEvaluation => {
    const report = each.report as Partial<ClassificationReport> | undefined;
    return Array.isArray(report?.classes) && Array.isArray(report.confusion) && Array.isArray(report.misread);
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
