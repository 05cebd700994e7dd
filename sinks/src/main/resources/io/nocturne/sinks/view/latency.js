// The latency panel: every stage's percentiles of the last seconds on one logarithmic axis, and the last minute's course.

import { $, element, mark, show, write } from '/dom.js';
import { millis } from '/numbers.js';
import { on, view } from '/state.js';

const panel = $('latency');
const rows = panel.querySelector('.rows');
const axis = panel.querySelector('.axis');
const MOST_TICKS = 3;
const SECONDS = 60; // of the course
const SVG = 'http://www.w3.org/2000/svg';
const WORDS = {
  'end-to-end': 'From the frame’s receipt by the camera’s driver to the product on disk.',
  camera: 'In the camera’s buffer, until the source took the frame.',
  commit: 'Copied into the raw ring.',
  'raw-disk': 'From the commit until the raw frame is written.',
  intake: 'From the commit until the frame is looked at.',
  wait: 'Looked at, waiting for a free worker.',
  restore: 'The model’s own work.',
  release: 'Done, but behind slower frames before it: products leave in order.',
  'restored-disk': 'From the commit until the product is written.',
  kafka: 'From the commit until Kafka has acknowledged it.',
  view: 'From the commit until a browser tells that the frame is painted.',
};

/** Opens or closes the panel. */
export function toggleLatency() {
  show(panel, panel.hidden);
  draw();
  mark($('openLatency'), 'aria-expanded', !panel.hidden);
}

$('openLatency').addEventListener('click', toggleLatency);
on('health', draw);

function draw() {
  const stages = Object.entries(view.health.run?.latencyMicros ?? {}).filter(([name]) => !name.startsWith('end-to-end:'));
  if (panel.hidden || stages.length === 0) {
    return;
  }
  const seconds = stages.flatMap(([, p]) => p.trace ?? []).filter(Boolean);
  const lows = [...stages.map(([, p]) => p.p50), ...seconds.map(([p50]) => p50)].filter(Number.isFinite);
  const highs = [...stages.map(([, p]) => p.max), ...seconds.map(([, p99]) => p99)].filter(Number.isFinite);
  const least = Math.floor(Math.log10(Math.max(10, Math.min(...lows))));
  const most = Math.ceil(Math.log10(Math.max(...highs, 10 ** (least + 1))));
  const across = (micros) => (100 * (Math.log10(Math.max(micros, 10 ** least)) - least)) / (most - least);
  const every = Math.ceil((most - least) / MOST_TICKS);
  const ticks = Array.from({ length: most - least + 1 }, (_, i) => least + i).filter((_, i) => i % every === 0);
  axis.replaceChildren(
    ...ticks.map((power) => {
      const tick = element('span', '', millis(10 ** power).replace('.0', ''));
      tick.style.left = `${across(10 ** power)}%`;
      return tick;
    }),
  );
  while (rows.children.length > stages.length) {
    rows.lastChild.remove();
  }
  stages.forEach(([name, p], i) => fill(rows.children[i] ?? rows.appendChild(newRow()), name, p, across));
}

function fill(row, name, p, across) {
  const [label, track, course, numbers] = row.children;
  const quiet = !Number.isFinite(p.p50);
  write(label, name);
  const figures = quiet
    ? 'Nothing passed in the last seconds.'
    : `p50 ${millis(p.p50)}, p90 ${millis(p.p90)}, p99 ${millis(p.p99)}, p99.9 ${millis(p.p999)}, longest ${millis(p.max)}; of the last five to ten seconds.`;
  row.dataset.tip = `${WORDS[name] ?? name}\n${figures}\nRight: median and p99 of each second of the last minute, on the same scale.`;
  row.classList.toggle('quiet', quiet);
  if (!quiet) {
    const [wide, narrow, dot] = track.children;
    place(wide, across(p.p50), across(p.p999 ?? p.p99));
    place(narrow, across(p.p50), across(p.p99));
    dot.style.left = `${across(p.p50)}%`;
  }
  trace(course, p.trace ?? [], across);
  write(numbers, quiet ? '–' : `${millis(p.p50)} · ${millis(p.p99)}`);
}

/** Both lines of one stage's last minute, the present at the right. */
function trace(course, seconds, across) {
  const path = (which) => {
    let pen = 'M';
    return seconds
      .map((second, i) => {
        const step = second && `${pen}${(SECONDS - seconds.length + i).toFixed(0)} ${(100 - across(second[which])).toFixed(1)}`;
        pen = second ? 'L' : 'M';
        return step ?? '';
      })
      .join('');
  };
  mark(course.children[0], 'd', path(1));
  mark(course.children[1], 'd', path(0));
}

function place(bar, from, to) {
  bar.style.left = `${from}%`;
  bar.style.width = `${Math.max(0.5, to - from)}%`;
}

function newRow() {
  const track = element('span', 'track', element('i', 'wide'), element('i', 'narrow'), element('i', 'dot'));
  const course = document.createElementNS(SVG, 'svg');
  mark(course, 'viewBox', `0 -4 ${SECONDS - 1} 108`);
  mark(course, 'preserveAspectRatio', 'none');
  mark(course, 'aria-hidden', 'true');
  for (const name of ['p99', 'p50']) {
    const line = document.createElementNS(SVG, 'path');
    mark(line, 'class', name);
    course.append(line);
  }
  return element('div', 'row', element('span', 'stageName'), track, course, element('output'));
}
