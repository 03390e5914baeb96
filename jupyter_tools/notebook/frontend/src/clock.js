// Seconds that tick beside what goes on: one timer for all, and none while nothing does.

export class Clock {
  constructor() {
    this.since = new Map();
    this.timer = 0;
  }

  /** Show in `element` how long something has been going on. */
  start(element, elapsedMs = 0) {
    this.since.set(element, performance.now() - elapsedMs);
    this.timer ||= setInterval(() => this.tick(), 1000);
    this.show(element);
  }

  /** It is over: `element` shows nothing more. */
  stop(element) {
    if (!this.since.delete(element)) return;
    element.textContent = "";
    if (this.since.size === 0) this.close();
  }

  tick() {
    for (const element of this.since.keys()) element.isConnected ? this.show(element) : this.stop(element);
  }

  show(element) {
    const seconds = Math.floor((performance.now() - this.since.get(element)) / 1000);
    const text = seconds < 1 ? "" : seconds < 60 ? ` ${seconds} s` : ` ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    if (element.textContent !== text) element.textContent = text;
  }

  close() {
    clearInterval(this.timer);
    this.timer = 0;
  }
}
