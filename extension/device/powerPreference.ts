/** What the setting "power preference" does to a trainer's environment; pure. */

/** What the setting can be. */
export type PowerPreference = 'highPerformance' | 'lowPower';

/**
 * onnxruntime asks for the fastest GPU, and its Node package has no option to ask for another. Vulkan's loader can be told which
 * drivers not to load, so on Linux an NVIDIA card beside the processor's own graphics is left asleep; elsewhere nothing can be done.
 * What `env` says of drivers already is left as it is.
 */
export function powerEnvironment(
  preference: PowerPreference,
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const said = env.VK_LOADER_DRIVERS_SELECT ?? env.VK_LOADER_DRIVERS_DISABLE;
  if (preference === 'highPerformance' || platform !== 'linux' || said !== undefined) return {};
  return { VK_LOADER_DRIVERS_DISABLE: '*nvidia*,*nouveau*' };
}
