/** Makes elements in one expression. */

/** Attributes by name; true is an attribute without a value, false or undefined none. Functions listen to the event of their name. */
export type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;
export type Child = Node | string | null | undefined;

/** An element of this tag. `class`, `aria-label` and so on are attributes; what is passed as a child string is text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: Child[]
): HTMLElementTagNameMap[K];
export function element(tag: string, attributes?: Attributes, ...children: Child[]): HTMLElement;
export function element(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  assign(made, attributes);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** The same for pictures. */
export function svgElement(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  assign(made, attributes);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Sets an element's text if it differs, so that what is selected or being read aloud is left alone. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes `children` the children, moving only those that are not in their place, so that focus stays where it is. */
export function setChildren(target: Element, children: readonly Node[]): void {
  children.forEach((child, at) => {
    const there = target.childNodes[at] ?? null;
    if (there !== child) target.insertBefore(child, there);
  });
  while (target.childNodes.length > children.length) target.lastChild!.remove();
}

function assign(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') target.addEventListener(name, value);
    else if (value === true) target.setAttribute(name, '');
    else if (value !== undefined && value !== false) target.setAttribute(name, String(value));
  }
}
