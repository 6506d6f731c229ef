/** The words of the logging options. */

/** From the least to the most important. */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warn',
  'error',
  'critical',
  'emergency',
] as const;

/** The importance of an event. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How an event is written: a line for a person, or an object of JSON on one line. */
export const LOG_FORMATS = ['text', 'json'] as const;

/** Where events are written. */
export const LOG_TARGETS = ['stdout', 'syslog', 'null'] as const;
