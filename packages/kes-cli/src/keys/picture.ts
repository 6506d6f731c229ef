import type { Style } from '../cli/style.js';

/** The width limit in columns. */
const MAX_WIDTH = 64;

/**
 * Draws the tree of a key: one level a line, the root first, the leaves last. Used parts are dots, the path to the
 * current leaf is heavy, and future parts are light. Of a subtree whose seed is stored, only its leaves are drawn below.
 *
 * @param depth - Levels above the leaves.
 * @param period - The current period of the key.
 */
export function treePicture(depth: number, period: number, style: Style): string[] {
  const scale = periodsPerColumn(depth);
  const levels = Array.from({ length: depth + 1 }, (_, index) => depth - index);
  return levels
    .filter((height) => 2 ** height >= scale)
    .map((height) => levelLine({ depth, height, period, scale, style }));
}

/** Periods a column: more than one when the leaves do not fit. */
export function periodsPerColumn(depth: number): number {
  return Math.max(1, 2 ** depth / MAX_WIDTH);
}

interface Level {
  readonly depth: number;
  readonly height: number;
  readonly period: number;
  readonly scale: number;
  readonly style: Style;
}

function levelLine({ depth, height, period, scale, style }: Level): string {
  const span = 2 ** height;
  const width = span / scale;
  const live = Math.floor(period / span);
  const nodes = Array.from({ length: 2 ** (depth - height) }, (_, index) => index);
  return nodes
    .map((index) => {
      if (index < live) return style.faint('·'.repeat(width));
      if (index === live) return style.good(block(width, '━'));
      // At every level where the path goes left, the key stores the seed of the right half.
      if (index === live + 1 && live % 2 === 0) return style.future(block(width, '─'));
      return height === 0 || width === 1 ? style.future('○') : ' '.repeat(width);
    })
    .join('')
    .trimEnd();
}

function block(width: number, line: '━' | '─'): string {
  if (width === 1) return line === '━' ? '●' : '○';
  const [left, right] = line === '━' ? ['┏', '┓'] : ['┌', '┐'];
  return `${left}${line.repeat(width - 2)}${right}`;
}
