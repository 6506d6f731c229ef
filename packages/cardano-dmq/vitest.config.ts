export { isolatedTests as default } from '../../vitest.shared.js';
