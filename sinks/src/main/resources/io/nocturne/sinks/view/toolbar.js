// Buttons and keys that change the view and nothing else.

import { comparable } from '/arrange.js';
import { tell } from '/connection.js';
import { toggle } from '/contrast.js';
import { $, element, mark, show, write } from '/dom.js';
import { LUT_NAMES, channelColour, gradient } from '/luts.js';
import { takeSnapshot } from '/snapshot.js';
import { camera, moved } from '/stage.js';
import { choice, choose, on, overlaid, view } from '/state.js';

const MODES = ['side', 'split', 'residual'];

export const actions = {
  side: () => choose({ mode: 'side' }),
  split: () => choose({ mode: 'split' }),
  residual: () => comparable(view.stream) && choose({ mode: 'residual' }),
  fit: () => {
    camera.fit();
    moved();
  },
  one: () => {
    camera.zoomTo(1 / devicePixelRatio, camera.pane.width / 2, camera.pane.height / 2);
    moved();
  },
  pause: () => setPaused(!view.paused, true),
  openContrast: () => {
    const open = toggle();
    mark($('openContrast'), 'aria-expanded', open);
    $('readout').classList.toggle('covered', open);
  },
  full: () => {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen?.();
    }
  },
  snapshot: takeSnapshot,
};

const keys = {
  ' ': actions.pause,
  f: actions.fit,
  1: actions.one,
  c: actions.openContrast,
  d: actions.residual,
  g: actions.full,
  p: actions.snapshot,
  s: () => view.stream?.restorer && choose({ mode: choice.mode === 'side' ? 'split' : 'side' }),
  l: () => choose({ lut: LUT_NAMES[(LUT_NAMES.indexOf(choice.lut) + 1) % LUT_NAMES.length] }),
  o: () => choose({ overlay: !choice.overlay }),
};

for (const [id, action] of Object.entries(actions)) {
  $(id).addEventListener('click', action);
}

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, select, textarea, dialog');
  if (event.ctrlKey || event.metaKey || event.altKey || typing) {
    return;
  }
  const action = keys[event.key.toLowerCase()];
  if (action && !(event.key === ' ' && event.target.closest('button'))) {
    event.preventDefault();
    action();
  }
});

function setPaused(on, say) {
  view.paused = on;
  mark($('pause'), 'aria-pressed', on);
  write($('pause'), on ? 'Resume' : 'Pause');
  show($('held'), on);
  if (say) {
    tell({ type: 'pause', on });
  }
}

for (const name of LUT_NAMES) {
  const button = element('button', '', element('i'));
  button.dataset.lut = name;
  button.dataset.tip = `Colours: ${name.toLowerCase()}. Key L for the next.`;
  button.setAttribute('aria-label', name);
  button.firstChild.style.background = gradient(name);
  button.addEventListener('click', () => choose({ lut: name }));
  $('luts').append(button);
}

const overlay = element('button', '', 'Overlay');
overlay.id = 'overlay';
overlay.dataset.tip = 'All channels on top of each other, each in a colour of its own. Key O.';
overlay.addEventListener('click', () => choose({ overlay: !choice.overlay }));

function channelButton(name, i) {
  const button = element('button', 'channel', element('i'), name);
  button.dataset.tip = `Show channel ${name}.`;
  button.addEventListener('click', () => choose({ channel: i, overlay: false }));
  return button;
}

let askedChannel = null;

/** The server sends what is looked at: one channel, or each in turn (-1). */
function askChannel() {
  const wanted = overlaid() ? -1 : Math.min(choice.channel, (view.stream?.channels.length ?? 1) - 1);
  if (wanted !== askedChannel && tell({ type: 'channel', channel: wanted })) {
    askedChannel = wanted;
  }
}

function showChoices() {
  MODES.forEach((name) => mark($(name), 'aria-pressed', choice.mode === name));
  for (const button of $('luts').children) {
    mark(button, 'aria-pressed', button.dataset.lut === choice.lut);
  }
  $('luts').classList.toggle('off', Boolean(overlaid()));
  mark(overlay, 'aria-pressed', Boolean(overlaid()));
  [...$('channels').querySelectorAll('.channel')].forEach((button, i) => {
    mark(button, 'aria-pressed', !overlaid() && choice.channel === i);
    show(button.firstChild, Boolean(overlaid()));
    button.firstChild.style.background = channelColour(i);
  });
  askChannel();
}

on('choice', showChoices);
on('connected', () => {
  askedChannel = null;
  setPaused(false, false);
  askChannel();
});
on('disconnected', () => setPaused(false, false));
on('stream', ({ fresh }) => {
  const { stream } = view;
  if (fresh) {
    setPaused(false, false);
    askedChannel = null;
    const many = stream.channels.length > 1;
    show($('channels'), many);
    $('channels').replaceChildren(...(many ? [...stream.channels.map(channelButton), overlay] : []));
  }
  document.querySelectorAll('.two').forEach((node) => show(node, Boolean(stream.restorer)));
  $('residual').disabled = !comparable(stream);
  showChoices();
});

document.addEventListener('fullscreenchange', () => mark($('full'), 'aria-pressed', Boolean(document.fullscreenElement)));
