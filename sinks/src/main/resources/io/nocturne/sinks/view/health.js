// The strip of the run's health: what each number is, where it comes from, and when it is bad.

const MANY = new Intl.NumberFormat('en', { useGrouping: true });
const count = (n) => (Number.isFinite(n) ? MANY.format(Math.round(n)).replaceAll(',', '\u2009') : '–');
const rate = (n) => (Number.isFinite(n) ? n.toFixed(n < 100 ? 1 : 0) : '–');
const percent = (n) => (Number.isFinite(n) ? `${Math.round(n * 100)}` : '–');
const total = (causes) => Object.values(causes ?? {}).reduce((sum, n) => sum + n, 0);

function millis(micros) {
  const ms = micros / 1000;
  if (!Number.isFinite(ms)) {
    return '–';
  }
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function bytes(n) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = n;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function duration(seconds) {
  if (!Number.isFinite(seconds)) {
    return '';
  }
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  if (seconds < 7200) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function causes(map, words) {
  const all = Object.entries(map ?? {}).filter(([, n]) => n > 0);
  const because = (cause) => (words[cause] ? `because ${words[cause]}` : `(${cause})`);
  if (all.length === 1) {
    return because(all[0][0]);
  }
  return all
    .sort((a, b) => b[1] - a[1])
    .map(([cause, n]) => `${count(n)} ${because(cause)}`)
    .join('; ');
}

const sentence = (words) => words && words[0].toUpperCase() + words.slice(1) + '.';

// Each reads the run's health and the page's own { rate, view, words, model }, and gives { value, unit, note, state } or null where there is nothing to show.
const METRICS = [
  {
    name: 'Camera',
    tip: 'Frames per second that the source commits to the raw ring, over the last seconds. Below: all so far.',
    read: (run) => run.camera && { value: rate(run.camera.rate), unit: '/s', note: `${count(run.camera.acquired)} frames` },
  },
  {
    name: 'Restored',
    tip: 'Frames per second that leave the model. If it is below the camera’s rate, the others stay raw-only for now and are counted as such.',
    read: (run, page) => page.model && run.restored && { value: rate(run.restored.rate), unit: '/s', note: `${count(run.restored.count)} frames` },
  },
  {
    name: 'Displayed',
    tip: 'Different frames per second painted on this page, counted in your browser. The display always shows the newest frame and leaves out the ones between; nothing waits for it.',
    read: (run, page) => ({ value: rate(page.rate), unit: '/s', note: 'this page' }),
  },
  {
    name: 'Latency',
    tip: 'From the frame’s receipt to the last stage of the pipeline: half of the frames were faster than p50, 99 of 100 faster than p99.',
    read: (run) => {
      const all = run.latencyMicros?.['end-to-end'];
      return all && { value: millis(all.p50), note: `p99 ${millis(all.p99)}`, detail: stages(run.latencyMicros) };
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
      return { value: count(n), note: share(n, run), detail: sentence(causes(run.rawOnly, page.words)), state: n > 0 ? 'note' : '' };
    },
  },
  {
    name: 'Failed',
    tip: 'Frames whose restoring was tried and failed. Their raw pixels are stored.',
    read: (run, page) => {
      const n = total(run.failed);
      return n > 0 && { value: count(n), note: share(n, run), detail: sentence(causes(run.failed, page.words)), state: 'warn' };
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
      return { value: count(n), note: n > 0 ? share(n, run) : 'all stored', detail: sentence(causes(run.lost, page.words)), state: n > 0 ? 'bad' : 'good' };
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
];

function share(n, run) {
  const all = (run.camera?.acquired ?? 0) + total(run.lost);
  if (!(all > 0 && n > 0)) {
    return '0 %';
  }
  const part = (100 * n) / all;
  return part < 0.1 ? '< 0.1 %' : `${part.toFixed(1)} %`;
}

function stages(latency) {
  return Object.entries(latency)
    .map(([stage, { p50, p99 }]) => `${stage}: p50 ${millis(p50)}, p99 ${millis(p99)}`)
    .join('\n');
}

export class HealthStrip {
  constructor(root) {
    this.items = METRICS.map((metric) => {
      const item = document.createElement('div');
      item.className = 'metric';
      item.tabIndex = 0;
      item.hidden = true;
      item.innerHTML = '<span class="what"></span><span class="value"><b></b><i></i></span><span class="note"></span>';
      item.querySelector('.what').textContent = metric.name;
      root.append(item);
      return { metric, item };
    });
  }

  /** Shows the newest numbers; returns what has been lost, in words, or nothing. */
  show(run, page) {
    for (const { metric, item } of this.items) {
      const shown = metric.read(run, page);
      item.hidden = !shown;
      if (!shown) {
        continue;
      }
      item.dataset.state = shown.state ?? '';
      item.dataset.tip = shown.detail ? `${metric.tip}\n\n${shown.detail}` : metric.tip;
      text(item.querySelector('b'), shown.value);
      text(item.querySelector('i'), shown.unit ?? '');
      const note = item.querySelector('.note');
      if (shown.bars) {
        bars(note, shown.bars);
      } else {
        text(note, shown.note ?? '');
      }
    }
    const lost = total(run.lost);
    return lost > 0 ? `${count(lost)} ${lost === 1 ? 'frame' : 'frames'} lost ${causes(run.lost, page.words)}` : '';
  }
}

function text(node, value) {
  if (node.textContent !== value) {
    node.textContent = value;
  }
}

function bars(node, parts) {
  while (node.children.length < parts.length) {
    node.append(document.createElement('meter'));
  }
  parts.forEach((part, i) => {
    node.children[i].value = part;
  });
}
