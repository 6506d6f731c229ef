/** The words of the logging options. */
import type { LogLevel } from '@evolock/kes-agent';

/** From the least to the most important. */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warn',
  'error',
  'critical',
  'emergency',
] as const satisfies readonly LogLevel[];

/** How an event is written: a line for a person, or an object of JSON on one line. */
export const LOG_FORMATS = ['text', 'json'] as const;

/** Where events are written. */
export const LOG_TARGETS = ['stdout', 'syslog', 'null'] as const;
