/** How one thing about this machine stands. */
export interface Check {
  /** A short name, the same in every run. */
  readonly name: string;
  /**
   * `bad` keeps `kes` from working or a key from being safe in it, `weak` leaves a way to the keys open, `unknown` could
   * not be found out.
   */
  readonly state: 'good' | 'weak' | 'bad' | 'unknown';
  /** What was found. */
  readonly found: string;
  /** What to do about it; absent where nothing is to be done. */
  readonly fix?: string;
}
