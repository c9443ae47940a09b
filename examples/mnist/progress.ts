/** A progress bar that rewrites one line of a terminal, or a few plain lines where the output goes elsewhere. */

/** How many plain lines an epoch gets. */
const LINES = 4;
/** Milliseconds between two drawings of the bar. */
const REDRAW = 100;
const BAR_WIDTH = 16;

/** Where the progress goes: `process.stdout`, or anything like it. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export class Progress {
  private readonly bar: boolean;
  private epochStarted = 0;
  private drawn = 0;
  private lines = 0;

  /** Prepares for `epochs` passes over `images` images; the environment's NO_COLOR or CI means plain lines. */
  constructor(
    private readonly epochs: number,
    private readonly images: number,
    private readonly output: Output = process.stdout,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.bar = output.isTTY === true && !environment.NO_COLOR && !environment.CI;
  }

  /** Starts the clock of an epoch. */
  begin(): void {
    this.epochStarted = performance.now();
    this.drawn = 0;
    this.lines = 0;
  }

  /** Shows that `seen` images of an epoch (counted from 1) are done; `loss` is asked only when something is written. */
  update(epoch: number, seen: number, loss: () => number): void {
    const now = performance.now();
    if (this.bar) {
      if (now - this.drawn < REDRAW) return;
      this.drawn = now;
      const text = this.describe(epoch, seen, loss(), now);
      this.output.write(`\r${text.slice(0, (this.output.columns || 80) - 1)}\x1b[K`);
    } else if (seen * LINES >= this.images * (this.lines + 1)) {
      this.lines = Math.floor((seen * LINES) / this.images);
      this.output.write(`${this.describe(epoch, seen, loss(), now)}\n`);
    }
  }

  /** Writes a line that stays, in the place of the bar. */
  line(text: string): void {
    this.output.write(this.bar ? `\r${text}\x1b[K\n` : `${text}\n`);
  }

  private describe(epoch: number, seen: number, loss: number, now: number): string {
    const share = seen / this.images;
    const rate = (seen * 1000) / Math.max(now - this.epochStarted, 1);
    const left = ((this.epochs - epoch + 1) * this.images - seen) / rate;
    const filled = Math.round(share * BAR_WIDTH);
    return [
      `epoch ${epoch}/${this.epochs}`,
      ...(this.bar ? [`[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`] : []),
      `${String(Math.floor(share * 100)).padStart(3)} %`,
      `loss ${loss.toFixed(4)}`,
      `${counted(Math.round(rate))} images/s`,
      `${clock(left)} left`,
    ].join('  ');
  }
}

/** 60000 as 60,000. */
export function counted(count: number): string {
  return count.toLocaleString('en-US');
}

/** Seconds as minutes and seconds, 1:05. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
