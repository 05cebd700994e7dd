// Numbers as people read them.

const THIN = '\u2009';
const MANY = new Intl.NumberFormat('en', { useGrouping: true });

/** To that many significant digits, without an exponent. */
export function digits(value, count) {
  const size = Math.abs(value);
  return size >= 10 ** (count - 1) ? String(Math.round(value)) : String(Number(value.toPrecision(count)));
}

export const whole = (n) => (Number.isFinite(n) ? MANY.format(Math.round(n)).replaceAll(',', THIN) : '–');
export const rate = (n) => (Number.isFinite(n) ? n.toFixed(n < 100 ? 1 : 0) : '–');
export const percent = (n) => (Number.isFinite(n) ? `${Math.round(n * 100)}` : '–');

export function millis(micros) {
  const ms = micros / 1000;
  if (!Number.isFinite(ms)) {
    return '–';
  }
  if (ms < 0.1) {
    return `${Math.round(micros)} µs`;
  }
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export function bytes(n) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = n;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function duration(seconds) {
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

/** A length in micrometres, in the unit that suits it. */
export function length(um) {
  if (um >= 1000) {
    return `${digits(um / 1000, 3)} mm`;
  }
  return um < 1 ? `${digits(um * 1000, 3)} nm` : `${digits(um, 3)} µm`;
}

/** Time of day to a tenth of a second. */
export function clockTime(epochMillis) {
  const time = new Date(epochMillis);
  const two = (n) => String(n).padStart(2, '0');
  const tenth = Math.floor(time.getMilliseconds() / 100);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${tenth}`;
}
