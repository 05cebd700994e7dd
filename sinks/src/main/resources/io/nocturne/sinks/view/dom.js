// Small things that every module needs: elements, and text that is written only where it differs.

export const $ = (id) => document.getElementById(id);

/** Sets a node's text; leaves the page's layout alone if it says so already. */
export function write(node, text) {
  const words = String(text);
  if (node.textContent !== words) {
    node.textContent = words;
  }
}

/** Sets or removes an attribute of that value, likewise. */
export function mark(node, name, value) {
  const words = String(value);
  if (node.getAttribute(name) !== words) {
    node.setAttribute(name, words);
  }
}

/** Shows or hides a node, likewise. */
export function show(node, visible) {
  if (node.hidden === visible) {
    node.hidden = !visible;
  }
}

/** A new element with a class and children. */
export function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) {
    node.className = className;
  }
  node.append(...children);
  return node;
}
