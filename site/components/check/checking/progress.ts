/** How far a check is, how long it takes, and its pauses. */
import { shallowReactive } from 'vue';

export class Progress {
  readonly shown = shallowReactive({
    isPaused: false,
    /** From 0 to 1. */
    share: 0,
    secondsLeft: undefined as number | undefined,
  });
  #began = 0;
  #pausedAt = 0;

  begin(): void {
    this.#began = performance.now();
    this.shown.share = 0;
    this.shown.secondsLeft = undefined;
  }

  end(): void {
    this.shown.isPaused = false;
  }

  /** Pauses, or goes on. Returns which of the two. */
  pause(): 'pause' | 'resume' {
    this.shown.isPaused = !this.shown.isPaused;
    if (this.shown.isPaused) {
      this.#pausedAt = performance.now();
      return 'pause';
    }
    this.#began += performance.now() - this.#pausedAt;
    return 'resume';
  }

  take({ done, total }: { readonly done: number; readonly total: number }): void {
    const share = done / total;
    const seconds = (performance.now() - this.#began) / 1_000;
    this.shown.share = share;
    // The first parts say little about the rest.
    this.shown.secondsLeft =
      share > 0 && seconds > 1 ? Math.ceil(seconds / share - seconds) : undefined;
  }
}
