/** How a run ends, for scripts. */
export const ExitCode = {
  /** Done; whatever was judged is valid. */
  valid: 0,
  /** What was judged is not valid, or a file does not hold what it should. */
  invalid: 1,
  /** The command line cannot be carried out as it stands. */
  usage: 2,
  /** The machine stands in the way: a file, a permission, the lock limit. */
  environment: 3,
  /** What was to be judged as a header is none, which is no forgery. */
  noHeader: 4,
} as const;

/** One of the five exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What every help text says about them. */
export const EXIT_CODES_IN_WORDS = `Exit codes:
  0  done; whatever was judged is valid
  1  not valid: a signature, certificate or header, or the content of a file
  2  the command line cannot be carried out as it stands
  3  the machine stands in the way: a file, a permission, a lock, the lock limit
  4  kes header verify: something is no header, and no header is invalid
`;
