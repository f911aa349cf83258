/** Measures how well text stands out, by WCAG 2.1, 1.4.3. */

import assert from 'node:assert/strict';

/** Text must stand out from its background this much. */
const LEAST_CONTRAST = 4.5;

/** Every text of the dashboard in this frame stands out; `leastTexts` guards against having measured nothing. */
export async function isReadable(frame, leastTexts = 30) {
  const contrasts = await frame.evaluate(measureContrasts);
  assert.ok(contrasts.length >= leastTexts, `${contrasts.length} texts`);
  const faint = contrasts.filter(({ contrast }) => contrast < LEAST_CONTRAST);
  assert.deepEqual(faint, []);
}

/** Runs in the page: each visible text with its contrast against what lies behind it, also within components. */
function measureContrasts() {
  const texts = [];
  visit(document.body);
  return texts;

  function visit(node) {
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) {
      if (child.nodeType === Node.TEXT_NODE && child.textContent.trim() !== '') measure(child);
      if (child.nodeType === Node.ELEMENT_NODE && !/^(STYLE|SCRIPT)$/.test(child.tagName)) visit(child);
    }
  }

  function measure(text) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const { width, height } = range.getBoundingClientRect();
    const parent = above(text);
    const style = getComputedStyle(parent);
    // What only screen readers get is cut to a point; what is disabled need not be readable.
    if (width * height === 0 || style.visibility === 'hidden' || parent.closest('.hidden, [disabled]')) return;
    const back = behind(parent);
    const [one, other] = [luminance(over(channels(style.color), back)), luminance(back)];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    texts.push({ text: text.textContent.trim().slice(0, 40), contrast });
  }

  /** The element around a node as it is drawn: what is given to a component lies in one of its slots. */
  function above(node) {
    return node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
  }

  function behind(element) {
    const layers = [];
    for (let at = element; at; at = above(at)) {
      const color = channels(getComputedStyle(at).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reduceRight((back, color) => over(color, back), [255, 255, 255, 1]);
  }

  function over([red, green, blue, alpha], back) {
    return [...[red, green, blue].map((value, index) => value * alpha + back[index] * (1 - alpha)), 1];
  }

  function channels(color) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    // `color(srgb …)` counts to 1, `rgb(…)` to 255.
    return color.startsWith('color(') ? [red * 255, green * 255, blue * 255, alpha] : [red, green, blue, alpha];
  }

  function luminance(color) {
    const [red, green, blue] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
}
