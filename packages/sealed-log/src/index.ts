/**
 * Sealed logs: a log whose past a thief of the machine cannot rewrite.
 *
 * @packageDocumentation
 */
export * from './verify/index.js';
