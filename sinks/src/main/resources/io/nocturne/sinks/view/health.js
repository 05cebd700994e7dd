// The strip of the run's health: what each number is, where it comes from, and when it is bad.

import { $, element, show, write } from '/dom.js';
import { bytes, digits, duration, millis, percent, rate, whole } from '/numbers.js';
import { on, view } from '/state.js';

const RATE_MILLIS = 3000;
const total = (causes) => Object.values(causes ?? {}).reduce((sum, n) => sum + n, 0);

function causes(map, words) {
  const all = Object.entries(map ?? {}).filter(([, n]) => n > 0);
  const because = (cause) => (words[cause] ? `because ${words[cause]}` : `(${cause})`);
  if (all.length === 1) {
    return because(all[0][0]);
  }
  return all
    .sort((x, y) => y[1] - x[1])
    .map(([cause, n]) => `${whole(n)} ${because(cause)}`)
    .join('; ');
}

const sentence = (words) => words && `${words[0].toUpperCase()}${words.slice(1)}.`;

// Each reads the run's health and the page's own { rate, view, words, model, trust }, and gives { value, unit, note, detail,
// state } or nothing where there is nothing to show.
const PACE = [
  {
    name: 'Camera',
    tip: 'Frames per second that the source commits to the raw ring, over the last seconds. Below: all so far.',
    read: (run) => run.camera && { value: rate(run.camera.rate), unit: '/s', note: `${whole(run.camera.acquired)} frames` },
  },
  {
    name: 'Restored',
    tip: 'Frames per second that leave the model. If it is below the camera’s rate, the others stay raw-only for now and are counted as such.',
    read: (run, page) => page.model && run.restored && { value: rate(run.restored.rate), unit: '/s', note: `${whole(run.restored.count)} frames` },
  },
  {
    name: 'Displayed',
    tip: 'Different frames per second painted on this page, counted in your browser. The display always shows the newest frame and leaves out the ones between; nothing waits for it.',
    read: (run, page) => ({ value: rate(page.rate), unit: '/s', note: 'this page' }),
  },
  {
    name: 'Latency',
    tip: 'From the frame’s receipt to the last stage of the pipeline, over the last five to ten seconds: half of the frames were faster than p50, 99 of 100 faster than p99.',
    read: (run) => {
      const all = run.latencyMicros?.['end-to-end'];
      return all?.p50 >= 0 && { value: millis(all.p50), note: `p99 ${millis(all.p99)}`, detail: 'Key T shows every stage.' };
    },
  },
  {
    name: 'To screen',
    tip: 'From a frame’s commit to painted in a browser, median of the last five seconds over all pages. The time the browser’s answer takes back is included.',
    read: (run, page) => {
      const { p50, p99 } = page.view?.toScreenMicros ?? {};
      return p50 > 0 ? { value: millis(p50), note: `p99 ${millis(p99)}` } : { value: '–' };
    },
  },
  {
    name: 'Raw only',
    tip: 'Frames that were stored raw but not restored while live. They are complete on disk and can be restored after the run.',
    read: (run, page) => {
      if (!page.model || !run.rawOnly) {
        return null;
      }
      const n = total(run.rawOnly);
      return { value: whole(n), note: share(n, run), detail: sentence(causes(run.rawOnly, page.words)), state: n > 0 ? 'note' : '' };
    },
  },
  {
    name: 'Failed',
    tip: 'Frames whose restoring was tried and failed. Their raw pixels are stored.',
    read: (run, page) => {
      const n = total(run.failed);
      return n > 0 && { value: whole(n), note: share(n, run), detail: sentence(causes(run.failed, page.words)), state: 'warn' };
    },
  },
  {
    name: 'Lost',
    tip: 'Frames that the camera took and that are not stored. It should be 0; anything else is a gap in your data.',
    read: (run, page) => {
      if (!run.lost) {
        return null;
      }
      const n = total(run.lost);
      return { value: whole(n), note: n > 0 ? share(n, run) : 'all stored', detail: sentence(causes(run.lost, page.words)), state: n > 0 ? 'bad' : 'good' };
    },
  },
  {
    name: 'Buffers',
    tip: 'How full the rings are that carry raw frames (first) and restored frames (second). Near 100 % a disk or a model does not keep up; a full raw ring loses frames.',
    read: (run) =>
      run.ring && {
        value: [run.ring.raw, run.ring.restored].filter(Number.isFinite).map(percent).join(' · '),
        unit: '%',
        bars: [run.ring.raw, run.ring.restored].filter(Number.isFinite),
        state: run.ring.raw > 0.8 ? 'warn' : '',
      },
  },
  {
    name: 'Disk',
    tip: 'Free space where the run is written, and how long it lasts at the present rate.',
    read: (run) =>
      run.disk && {
        value: bytes(run.disk.freeBytes),
        note: run.disk.secondsUntilFull > 0 ? `full in ${duration(run.disk.secondsUntilFull)}` : 'free',
        state: run.disk.secondsUntilFull > 0 && run.disk.secondsUntilFull < 600 ? 'warn' : '',
      },
  },
  {
    name: 'Waiting',
    tip: 'Products that a sink has taken and not yet delivered; while Kafka’s broker is away they are kept on disk (spill) and sent later.',
    read: (run, page) => {
      const sinks = Object.entries(run.sinks ?? {}).filter(([, s]) => s.pending > 0 || s.lost > 0);
      const lost = sinks.reduce((sum, [, s]) => sum + s.lost, 0);
      const pending = sinks.reduce((sum, [, s]) => sum + s.pending, 0);
      return (lost > 0 || pending > 20) && {
        value: whole(pending),
        note: sinks.map(([name]) => name).join(', '),
        detail: sinks.map(([name, s]) => `${name}: ${whole(s.pending)} waiting, ${whole(s.lost)} lost`).join('\n'),
        state: lost > 0 ? 'bad' : 'note',
      };
    },
  },
];

const TRUST = [
  {
    name: 'Model',
    tip: 'The model that restores, what it runs on, and the hash that proves which one it is. It is written with every product.',
    read: (run, page) => {
      if (!page.model) {
        return { value: 'none', note: 'raw only' };
      }
      const { name, identity } = page.model;
      const provider = run.model?.provider ?? '';
      const hash = identity.replace(/^sha256:/, '').slice(0, 10);
      const detail = [provider && `Runs on: ${provider}`, identity, run.model?.limits && `Limits: ${run.model.limits}`];
      return { value: name, note: [hash, provider].filter(Boolean).join(', '), detail: detail.filter(Boolean).join('\n'), wide: true };
    },
  },
  {
    name: 'Light',
    tip: 'Photons that a bright structure gives in one pixel and frame (99.8th percentile above the 1st). Estimated from how the noise of neighbouring pixels grows with their brightness; good to some tens of percent, and it counts background light as none.',
    read: (run, { trust }) =>
      trust && {
        value: trust.photons > 0 ? digits(trust.photons, 2) : '–',
        unit: trust.photons > 0 ? 'photons' : '',
        note: trust.countsPerPhoton > 0 ? `${digits(trust.countsPerPhoton, 2)} counts each` : 'not to be told',
      },
  },
  {
    name: 'SNR, raw',
    tip: 'Signal to noise of one raw pixel at a bright structure: the 99.8th percentile above the 1st, over the noise of pixels that bright. 1 is hardly visible, 10 is good.',
    read: (run, { trust }) => trust && { value: digits(trust.snr, 2), note: `noise ${digits(trust.noise, 2)} counts` },
  },
  {
    name: 'Residual',
    tip: 'What restoring took away (raw minus restored) should be noise. This is how alike neighbouring pixels of it are where there are structures: near 0 for noise, above 0.2 if structure was taken away with it. Key D shows it.',
    read: (run, { trust }) =>
      Number.isFinite(trust?.residualCorrelation) && {
        value: trust.residualCorrelation.toFixed(2),
        note: Math.abs(trust.residualCorrelation) < 0.1 ? 'like noise' : trust.residualCorrelation < 0.2 ? 'nearly noise' : 'structure in it',
        state: trust.residualCorrelation >= 0.2 ? 'warn' : '',
      },
  },
  {
    name: 'Stability',
    tip: 'How much a restored pixel on a structure changes from frame to frame, as a part of the picture’s range (median over many). Compare it with raw: restoring should make it smaller. Motion counts as change.',
    read: (run, { trust }) =>
      Number.isFinite(trust?.changeRestored) && {
        value: `${digits(100 * trust.changeRestored, 2)}`,
        unit: '%',
        note: `raw ${digits(100 * trust.changeRaw, 2)} %`,
        state: trust.changeRestored > trust.changeRaw ? 'warn' : '',
      },
  },
  {
    name: 'Saturated',
    tip: 'Part of the raw pixels at the camera’s highest value. Their counts are lost, and no model can bring them back: lower light, exposure or gain.',
    read: (run, { trust }) =>
      trust && {
        value: trust.saturated > 0 ? digits(100 * trust.saturated, 2) : '0',
        unit: '%',
        note: 'of raw pixels',
        state: trust.saturated > 0.001 ? 'warn' : '',
      },
  },
  {
    name: 'Fit for the model',
    tip: 'Whether light and saturation are what the model was made for: the photons at bright structures that its card names, and hardly a saturated pixel. It says nothing about what is in the picture: a structure that the model has never seen is not noticed here.',
    read: (run, page) => page.model && page.trust && fit(run.model?.photons, page.trust),
  },
];

function fit(range, trust) {
  const shown = { wide: true, detail: trust.warnings?.join('\n') };
  if (trust.warnings?.length) {
    return { ...shown, value: 'check', note: trust.warnings[0], state: 'warn' };
  }
  if (!range) {
    return { ...shown, value: '–', note: 'its card names no light' };
  }
  const made = `made for ${range.map((n) => digits(n, 2)).join(' to ')} photons`;
  return trust.photons > 0 ? { ...shown, value: 'yes', note: made } : { ...shown, value: '–', note: `${made}; light not to be told` };
}

function share(n, run) {
  const all = (run.camera?.acquired ?? 0) + total(run.lost);
  if (!(all > 0 && n > 0)) {
    return '0 %';
  }
  const part = (100 * n) / all;
  return part < 0.1 ? '< 0.1 %' : `${part.toFixed(1)} %`;
}

class Strip {
  constructor(root, metrics) {
    this.items = metrics.map((metric) => {
      const value = element('span', 'value', element('b'), element('i'));
      const item = element('div', 'metric', element('span', 'what', metric.name), value, element('span', 'note'));
      item.tabIndex = 0;
      item.hidden = true;
      item.dataset.name = metric.name;
      root.append(item);
      return { metric, item };
    });
  }

  show(run, page) {
    for (const { metric, item } of this.items) {
      const shown = metric.read(run, page);
      show(item, Boolean(shown));
      if (shown) {
        fill(item, metric, shown);
      }
    }
  }
}

function fill(item, metric, shown) {
  item.dataset.state = shown.state ?? '';
  item.dataset.tip = shown.detail ? `${metric.tip}\n\n${shown.detail}` : metric.tip;
  item.classList.toggle('wide', Boolean(shown.wide));
  write(item.querySelector('b'), shown.value);
  write(item.querySelector('i'), shown.unit ?? '');
  const note = item.querySelector('.note');
  if (shown.bars) {
    bars(note, shown.bars);
  } else {
    write(note, shown.note ?? '');
  }
}

function bars(node, parts) {
  while (node.children.length < parts.length) {
    node.append(element('meter'));
  }
  parts.forEach((part, i) => {
    node.children[i].value = part;
  });
}

const strips = [new Strip($('pace'), PACE), new Strip($('trust'), TRUST)];
const paintedAt = []; // times at which different frames were painted, newest last
let paintedIndex = -1;

on('painted', ({ index, at }) => {
  if (index !== paintedIndex) {
    paintedIndex = index;
    paintedAt.push(at);
  }
});
on('stream', ({ fresh }) => {
  if (fresh) {
    paintedIndex = -1;
  }
});

/** Different frames painted per second on this page. */
function displayed() {
  const now = performance.now();
  while (paintedAt.length && paintedAt[0] < now - RATE_MILLIS) {
    paintedAt.shift();
  }
  const span = paintedAt.length > 1 ? (paintedAt.at(-1) - paintedAt[0]) / 1000 : 0;
  return span > 0 ? (paintedAt.length - 1) / span : 0;
}

on('text:health', (message) => {
  view.health = message;
  const run = message.run ?? {};
  const words = view.stream?.causes ?? {};
  const page = { rate: displayed(), view: message.view, trust: message.trust, words, model: view.stream?.restorer };
  strips.forEach((strip) => strip.show(run, page));
  const lost = total(run.lost);
  const alarm = message.error ?? (lost > 0 ? `${whole(lost)} ${lost === 1 ? 'frame' : 'frames'} lost ${causes(run.lost, words)}` : '');
  show($('alarm'), Boolean(alarm));
  write($('alarm'), alarm);
  document.title = lost > 0 ? '● Frames lost – Nocturne' : 'Nocturne live';
});
