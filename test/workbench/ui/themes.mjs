/** The themes that the user interface is tested in. */

/** A name for pictures, the theme's name in the settings, and the kind VS Code gives a webview for it. */
export const THEMES = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
  ['highContrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['highContrastLight', 'Default High Contrast Light', 'vscode-high-contrast-light'],
];
