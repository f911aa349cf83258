/** Why a device is missing and how to mend that, in English and Japanese: for the command line, for errors and for the editor. */

import type { DeviceFault } from '../protocol/devices.js';
import type { Language } from './format.js';
import type { Words } from './words.js';

type Faults = { readonly [C in DeviceFault['code']]: (fault: Extract<DeviceFault, { code: C }>) => Words };

/** What the runtime said, as the end of a sentence. */
const said = (message: string) => message.trim().replace(/[.。\s]+$/, '');

/** What TensorFlow 2.9, which tfjs-node-gpu 4.22 brings, looks for at run time. */
const CUDA_EN =
  "It needs an NVIDIA GPU with its driver, CUDA 11.2 and cuDNN 8.1, their libraries on the system's search path (LD_LIBRARY_PATH on Linux, PATH on Windows).";
const CUDA_JA =
  'NVIDIA の GPU とそのドライバー、CUDA 11.2、cuDNN 8.1 が必要です。それらのライブラリーを検索パス（Linux では LD_LIBRARY_PATH、Windows では PATH）に置いてください。';

/** A relative difference; null of what is no number. */
const percent = (difference: number | null, none: string) =>
  difference === null ? none : `${Number((100 * difference).toPrecision(2))} %`;

const EN: Faults = {
  notOnThisPlatform: ({ platform, platforms }) => ({
    message: `It does not exist for ${platform}.`,
    action:
      platforms.length === 0 ? 'Use another device.' : `Use another device; it exists for ${platforms.join(', ')}.`,
  }),
  noVulkanLoader: ({ library }) => ({
    message: `The Vulkan loader (${library}) is not installed.`,
    action:
      'Install it: on Debian and Ubuntu "sudo apt install libvulkan1", on Fedora "sudo dnf install vulkan-loader", on Arch "sudo pacman -S vulkan-icd-loader". The GPU needs its Vulkan driver too.',
  }),
  noVulkanDriver: () => ({
    message: 'The Vulkan loader finds no driver.',
    action:
      'Install the GPU\'s driver: NVIDIA\'s own for its cards, Mesa for AMD and Intel ("sudo apt install mesa-vulkan-drivers"). In a container, pass the GPU and its driver\'s files through. "vulkaninfo --summary" shows what the loader finds.',
  }),
  driverTooOld: ({ adapters }) => ({
    message: `The driver${adapters.length > 0 ? ` of ${adapters.join(', ')}` : ''} lacks what WebGPU needs.`,
    action: "Update the GPU's driver.",
  }),
  noAdapter: () => ({
    message: 'The system offers no graphics adapter that WebGPU can use.',
    action: "Install or update the GPU's driver.",
  }),
  packageAbsent: ({ package: name }) => ({
    message: `The package ${name} is not installed.`,
    action: `Install it in the folder you work in, or in one above it: "npm install ${name}".`,
  }),
  binariesAbsent: ({ package: name, files }) => ({
    message: `${name} lacks its files for this device (${files.join(', ')}).`,
    action: 'Fetch them with "devices install cuda".',
  }),
  libraryAbsent: ({ library }) => ({
    message: `The system does not find ${library}, which CUDA's files need.`,
    action:
      "Install NVIDIA's driver, CUDA 12 and cuDNN 9, and put the folders of their libraries on LD_LIBRARY_PATH (docs/cuda.md).",
  }),
  nativeFilesAbsent: ({ package: name }) => ({
    message: `The package ${name} is installed without its native files: its install script has not run, or could not download them.`,
    action: `Run "npm rebuild ${name}" where it is installed, with install scripts allowed.`,
  }),
  nativeLibraryFailed: ({ package: name, message }) => ({
    message: `The native library of ${name} does not load: ${said(message)}.`,
    action: `${CUDA_EN} Then run "npm rebuild ${name}" where it is installed.`,
  }),
  cudaAbsent: ({ package: name }) => ({
    message: `${name} finds no GPU that it can use.`,
    action: CUDA_EN,
  }),
  failed: ({ message }) => ({
    message: `A test of it failed: ${said(message)}.`,
    action: "Update the GPU's driver, or use another device.",
  }),
  crashed: ({ signal, message }) => ({
    message: `A test of it ended its process (${signal})${message ? `: ${said(message)}` : ''}.`,
    action: "Update the GPU's driver, or use another device.",
  }),
  timedOut: ({ seconds }) => ({
    message: `A test of it gave no answer within ${seconds} s.`,
    action: 'Try "devices --refresh" when the machine is less busy, or use another device.',
  }),
  disagrees: ({ lossDifference, gradientDifference, limit }) => ({
    message: `It computes something else than the processor: a test's loss differs by ${percent(lossDifference, 'more than any number')} and its gradient by ${percent(gradientDifference, 'more than any number')}, where ${percent(limit, '')} are allowed.`,
    action: 'Update the GPU\'s driver and run "devices --refresh", or use another device.',
  }),
};

const JA: Faults = {
  notOnThisPlatform: ({ platform, platforms }) => ({
    message: `${platform} では提供されていません。`,
    action: `別のデバイスを使ってください。${platforms.length === 0 ? '' : `使えるのは ${platforms.join('、')} です。`}`,
  }),
  noVulkanLoader: ({ library }) => ({
    message: `Vulkan ローダー（${library}）がインストールされていません。`,
    action:
      'インストールしてください: Debian・Ubuntu では "sudo apt install libvulkan1"、Fedora では "sudo dnf install vulkan-loader"、Arch では "sudo pacman -S vulkan-icd-loader"。GPU の Vulkan ドライバーも必要です。',
  }),
  noVulkanDriver: () => ({
    message: 'Vulkan ローダーがドライバーを見つけられません。',
    action:
      'GPU のドライバーをインストールしてください: NVIDIA は同社のドライバー、AMD・Intel は Mesa（"sudo apt install mesa-vulkan-drivers"）。コンテナーでは GPU とドライバーのファイルを渡してください。"vulkaninfo --summary" で確認できます。',
  }),
  driverTooOld: ({ adapters }) => ({
    message: `${adapters.length > 0 ? `${adapters.join('、')} の` : ''}ドライバーに、WebGPU に必要な機能がありません。`,
    action: 'GPU のドライバーを更新してください。',
  }),
  noAdapter: () => ({
    message: 'WebGPU で使えるグラフィックスアダプターがありません。',
    action: 'GPU のドライバーをインストールまたは更新してください。',
  }),
  packageAbsent: ({ package: name }) => ({
    message: `パッケージ ${name} がインストールされていません。`,
    action: `作業フォルダーか、その上のフォルダーにインストールしてください: "npm install ${name}"`,
  }),
  binariesAbsent: ({ package: name, files }) => ({
    message: `${name} に、このデバイスのためのファイル（${files.join('、')}）がありません。`,
    action: '"devices install cuda" で取得してください。',
  }),
  libraryAbsent: ({ library }) => ({
    message: `CUDA に必要な ${library} が見つかりません。`,
    action:
      'NVIDIA のドライバー、CUDA 12、cuDNN 9 をインストールし、ライブラリーのフォルダーを LD_LIBRARY_PATH に加えてください（docs/cuda.md）。',
  }),
  nativeFilesAbsent: ({ package: name }) => ({
    message: `パッケージ ${name} にネイティブファイルがありません。インストールスクリプトが実行されていないか、ダウンロードに失敗しています。`,
    action: `インストールしたフォルダーで、インストールスクリプトを許可して "npm rebuild ${name}" を実行してください。`,
  }),
  nativeLibraryFailed: ({ package: name, message }) => ({
    message: `${name} のネイティブライブラリーを読み込めません: ${said(message)}`,
    action: `${CUDA_JA}そのあと、インストールしたフォルダーで "npm rebuild ${name}" を実行してください。`,
  }),
  cudaAbsent: ({ package: name }) => ({
    message: `${name} が使える GPU を見つけられません。`,
    action: CUDA_JA,
  }),
  failed: ({ message }) => ({
    message: `試験に失敗しました: ${said(message)}`,
    action: 'GPU のドライバーを更新するか、別のデバイスを使ってください。',
  }),
  crashed: ({ signal, message }) => ({
    message: `試験中にプロセスが異常終了しました（${signal}）${message ? `: ${said(message)}` : '。'}`,
    action: 'GPU のドライバーを更新するか、別のデバイスを使ってください。',
  }),
  timedOut: ({ seconds }) => ({
    message: `試験が ${seconds} 秒以内に終わりませんでした。`,
    action: 'マシンが空いているときに "devices --refresh" を試すか、別のデバイスを使ってください。',
  }),
  disagrees: ({ lossDifference, gradientDifference, limit }) => ({
    message: `計算結果が CPU と一致しません（試験の損失の差 ${percent(lossDifference, '計算不能')}、勾配の差 ${percent(gradientDifference, '計算不能')}、許容 ${percent(limit, '')}）。`,
    action: 'GPU のドライバーを更新して "devices --refresh" を実行するか、別のデバイスを使ってください。',
  }),
};

/** Why a device is missing, and the mend. */
export function faultWords<C extends DeviceFault['code']>(
  fault: Extract<DeviceFault, { code: C }>,
  language: Language,
): Words {
  const faults: Faults = language === 'ja' ? JA : EN;
  return faults[fault.code as C](fault);
}

/** What the list of devices says of each. */
export interface DeviceListWords {
  chosen: string;
  software: string;
  fp16: string;
  noFp16: string;
  memory(amount: string): string;
  largestBuffer(amount: string): string;
  driver(version: string): string;
  step(milliseconds: string): string;
  missing: string;
  /** Between facts. */
  comma: string;
}

export const DEVICE_LIST_WORDS: Readonly<Record<Language, DeviceListWords>> = {
  en: {
    chosen: '"auto" takes this one',
    software: 'emulated by the processor, so "auto" never takes it',
    fp16: 'fp16',
    noFp16: 'no fp16',
    memory: (amount) => `${amount} of memory`,
    largestBuffer: (amount) => `buffers up to ${amount}`,
    driver: (version) => `driver ${version}`,
    step: (milliseconds) => `${milliseconds} ms a timed step`,
    missing: 'not available',
    comma: ', ',
  },
  ja: {
    chosen: '"auto" はこれを使います',
    software: 'CPU によるエミュレーションのため "auto" は使いません',
    fp16: 'fp16 対応',
    noFp16: 'fp16 非対応',
    memory: (amount) => `メモリ ${amount}`,
    largestBuffer: (amount) => `バッファーは最大 ${amount}`,
    driver: (version) => `ドライバー ${version}`,
    step: (milliseconds) => `計測 1 ステップ ${milliseconds} ms`,
    missing: '使えません',
    comma: '、',
  },
};
