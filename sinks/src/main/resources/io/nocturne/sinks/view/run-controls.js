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

/** Name of the model that restores now. */
const current = () => view.stream.restorer?.name ?? 'none';

on('stream', () => {
  const { stream } = view;
  show($('controls'), stream.control && Boolean(stream.controls));
  const models = stream.controls?.models ?? [];
  const names = models.includes(current()) ? models : [current(), ...models];
  $('models').replaceChildren(
    ...names.map((name) => {
      const option = element('option', '', name === 'none' ? 'no model' : name);
      option.value = name;
      option.selected = name === current();
      return option;
    }),
  );
  show($('models'), names.length > 1);
  $('models').disabled = false;
});

const modelDialog = $('modelDialog');

$('models').addEventListener('change', ({ target }) => {
  write($('modelTitle'), target.value === 'none' ? 'Go on without a model?' : `Go on with ${target.value}?`);
  modelDialog.showModal();
});

modelDialog.addEventListener('close', () => {
  if (!$('models').disabled) {
    $('models').value = current(); // not confirmed
  }
});

$('modelForm').addEventListener('submit', async (event) => {
  event.preventDefault();
  const select = $('models');
  select.disabled = true;
  modelDialog.close();
  say({ ok: true, text: `Getting ${select.value} ready; the run goes on meanwhile.` });
  const answer = await control('model', { name: select.value });
  say(answer);
  if (!answer.ok) {
    select.disabled = false;
    select.value = current();
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
