// The one connection to the run: comes back by itself, and hands on what arrives.

import { emit } from '/state.js';

const given = new URLSearchParams(location.hash.slice(1));
const token = given.get('token') ?? '';
const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 5000;
const ALIVE_MILLIS = 20_000;
const REFUSED = [1008, 4001]; // the server says why in the reason

let socket = null;
let retryMillis = FIRST_RETRY_MILLIS;
let asked = 0;
const answers = new Map();

export const wish = given.get('painter'); // 'webgl2' or 'canvas' decides for the painter

export function connect() {
  const secure = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${secure}://${location.host}/ws${token ? `?token=${token}` : ''}`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    retryMillis = FIRST_RETRY_MILLIS;
    emit('connected');
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') {
      emit('pixels', data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === 'answer') {
      answers.get(message.id)?.(message);
      answers.delete(message.id);
    } else {
      emit(`text:${message.type}`, message);
    }
  };
  socket.onclose = ({ code, reason }) => {
    for (const answer of answers.values()) {
      answer({ ok: false, text: 'The connection broke before an answer came.' });
    }
    answers.clear();
    emit('disconnected', REFUSED.includes(code) && reason ? reason : 'No connection to the run.\nTrying again …');
    setTimeout(connect, retryMillis);
    retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 1.6);
  };
}

/** Sends a message if there is a connection; true if it was sent. */
export function tell(message) {
  const open = socket?.readyState === WebSocket.OPEN;
  if (open) {
    socket.send(JSON.stringify(message));
  }
  return open;
}

/** Asks the run to do something; resolves to { ok, text }. */
export function control(action, details) {
  return new Promise((resolve) => {
    const id = ++asked;
    answers.set(id, resolve);
    if (!tell({ type: 'control', id, do: action, ...details })) {
      answers.delete(id);
      resolve({ ok: false, text: 'There is no connection to the run.' });
    }
  });
}

setInterval(() => tell({ type: 'alive' }), ALIVE_MILLIS);
