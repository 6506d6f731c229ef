/**
 * One call that releases every value of this thread. It is for the application: no package passes it on, so that no library
 * wipes the keys of its application.
 *
 * @module
 */
export { releaseAll } from './values/release-all.js';
