// The live view's page: brings the parts together and opens the connection.

import { curtain } from '/captions.js';
import { connect } from '/connection.js';
import '/gestures.js';
import '/health.js';
import { toggleLatency } from '/latency.js';
import '/run-controls.js';
import '/tips.js';
import '/toolbar.js';
import { emit, on, view } from '/state.js';

on('text:stream', (next) => {
  const before = view.stream;
  const fresh = before?.attachment !== next.attachment || !view.newest;
  const resized = before?.frame.width !== next.frame.width || before?.frame.height !== next.frame.height;
  if (fresh) {
    view.newest = null;
  }
  view.stream = next;
  emit('stream', { fresh, resized });
});
on('text:health', () => emit('health'));
on('disconnected', () => {
  view.newest = null; // a restarted run counts its attachments anew
});

// For whoever measures: the frame last painted, and its time from commit to painted on this machine's clock.
on('painted', ({ index, sinceCommit }) => {
  document.documentElement.dataset.painted = index;
  document.documentElement.dataset.sinceCommit = sinceCommit.toFixed(1);
});

document.addEventListener('keydown', (event) => {
  const free = !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest('input, select, textarea, dialog');
  if (free && event.key.toLowerCase() === 't') {
    event.preventDefault();
    toggleLatency();
  }
});

curtain('Connecting');
emit('choice');
connect();
