// How the cells of a row are written for people.
const LABELS = { started: "started", kind: "kind", name: "name", status: "status", duration_ms: "duration", input_tokens: "tok. in",
  output_tokens: "out", cost: "cost", input: "input", output: "output", error: "error" };
const NUMBERS = ["duration_ms", "input_tokens", "output_tokens", "cost"];
export const FAILED = ["error", "timeout", "denied"];

export const isNumber = (column) => NUMBERS.includes(column);
export const label = (column) => LABELS[column] ?? column;

export function cellText(column, cells) {
  const value = column === "output" ? cells.error ?? cells.output : cells[column];
  if (value === null || value === undefined) return "";
  if (column === "started") return time(value / 1000);
  if (column === "duration_ms") return duration(value);
  if (column === "cost") return `$${value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
  return typeof value === "number" ? value.toLocaleString("en") : value;
}

function time(ms) {
  const moment = new Date(ms);
  const clock = moment.toLocaleTimeString("en-GB");
  return moment.toDateString() === new Date().toDateString() ? clock : `${moment.toLocaleDateString("sv").slice(5)} ${clock.slice(0, 5)}`;
}

function duration(ms) {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, "0")} s`;
}
