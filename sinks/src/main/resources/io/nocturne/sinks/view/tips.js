// An explanation for everything that carries one (data-tip): under the pointer, or where the keyboard is.

import { $, show, write } from '/dom.js';

const tip = $('tip');
const EDGE = 12;
const GAP = 8;

function explain(node) {
  show(tip, Boolean(node));
  if (!node) {
    return;
  }
  write(tip, node.dataset.tip);
  const box = node.getBoundingClientRect();
  const left = Math.min(innerWidth - tip.offsetWidth - EDGE, Math.max(EDGE, box.left + box.width / 2 - tip.offsetWidth / 2));
  const above = box.top - tip.offsetHeight - GAP;
  Object.assign(tip.style, { left: `${left}px`, top: `${above > GAP ? above : box.bottom + GAP}px` });
}

document.addEventListener('pointerover', (event) => explain(event.target.closest?.('[data-tip]') ?? null));
document.addEventListener('focusin', (event) => {
  if (event.target.matches(':focus-visible')) {
    explain(event.target.closest('[data-tip]'));
  }
});
document.addEventListener('focusout', () => explain(null));
document.addEventListener('keydown', ({ key }) => key === 'Escape' && explain(null));
