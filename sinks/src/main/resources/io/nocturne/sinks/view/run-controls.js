// What changes the run: a mark in its ledger, another model, the end. Asked for by the token's holder only.

import { control } from '/connection.js';
import { $, element, mark, show, write } from '/dom.js';
import { on, view } from '/state.js';

const SAID_MILLIS = 6000;
let silence = 0;

/** Says what became of a wish, for a moment. */
function say({ ok, text }) {
  const toast = $('said');
  write(toast, text);
  toast.classList.toggle('refused', !ok);
  show(toast, true);
  clearTimeout(silence);
  silence = setTimeout(() => show(toast, false), SAID_MILLIS);
}

on('stream', () => {
  const { stream } = view;
  show($('controls'), stream.control && Boolean(stream.controls));
  const models = stream.controls?.models ?? [];
  const current = stream.restorer?.name ?? 'none';
  const names = models.includes(current) ? models : [current, ...models];
  $('models').replaceChildren(
    ...names.map((name) => {
      const option = element('option', '', name === 'none' ? 'no model' : name);
      option.value = name;
      option.selected = name === current;
      return option;
    }),
  );
  show($('models'), names.length > 1);
  $('models').disabled = false;
});

$('models').addEventListener('change', async ({ target }) => {
  const before = view.stream.restorer?.name ?? 'none';
  target.disabled = true;
  say({ ok: true, text: `Getting ${target.value} ready; the run goes on meanwhile.` });
  const answer = await control('model', { name: target.value });
  say(answer);
  if (!answer.ok) {
    target.disabled = false;
    target.value = before;
  }
});

const noteDialog = $('noteDialog');
const stopDialog = $('stopDialog');

$('mark').addEventListener('click', () => {
  noteDialog.frame = view.newest?.index ?? -1;
  write($('noteFrame'), noteDialog.frame >= 0 ? `Frame ${noteDialog.frame}` : 'Now');
  noteDialog.showModal();
  $('note').select();
});

$('noteForm').addEventListener('submit', async (event) => {
  event.preventDefault();
  noteDialog.close();
  say(await control('mark', { index: noteDialog.frame, note: $('note').value.trim() }));
});

$('stop').addEventListener('click', () => stopDialog.showModal());

$('stopForm').addEventListener('submit', async (event) => {
  event.preventDefault();
  stopDialog.close();
  mark($('stop'), 'disabled', '');
  const answer = await control('stop');
  say(answer);
  $('stop').disabled = answer.ok;
});

for (const button of document.querySelectorAll('dialog .cancel')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}

on('disconnected', () => {
  $('stop').disabled = false;
});

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, select, textarea, dialog');
  const free = !event.ctrlKey && !event.metaKey && !event.altKey && !typing;
  if (free && event.key.toLowerCase() === 'm' && !$('controls').hidden) {
    event.preventDefault();
    $('mark').click();
  }
});
