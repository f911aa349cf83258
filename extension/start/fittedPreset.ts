/** Fits a distillation's preset to its teacher: presets are written for the 12 layers of BERT-base. */

/** The settings with a student of at most half the teacher's layers, where it is made of them; others are left as they are. */
export function fittedPreset(
  settings: Readonly<Record<string, unknown>>,
  teacherLayers: number,
): Record<string, unknown> {
  const { student, studentInit } = settings;
  if (studentInit === 'random' || typeof student !== 'object' || student === null) return { ...settings };
  const most = Math.max(1, Math.floor(teacherLayers / 2));
  const fits = !('layers' in student) || typeof student.layers !== 'number' || student.layers <= most;
  return fits ? { ...settings } : { ...settings, student: { ...student, layers: most } };
}
