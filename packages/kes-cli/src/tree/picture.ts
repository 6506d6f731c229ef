import type { Style } from '../style.js';

/** A picture is never wider. */
const MAX_WIDTH = 64;

/**
 * Draws the tree of a key: a level a line, root above, leaves below. What has been used is dots, what is live is drawn
 * heavily, what is still to come lightly; under a seed that is kept there is nothing to draw yet but its leaves.
 *
 * @param depth - Levels above the leaves.
 * @param period - Where the key stands.
 */
export function treePicture(depth: number, period: number, style: Style): string[] {
  const scale = periodsPerColumn(depth);
  const levels = Array.from({ length: depth + 1 }, (_, index) => depth - index);
  return levels
    .filter((height) => 2 ** height >= scale)
    .map((height) => levelLine({ depth, height, period, scale, style }));
}

/** How many periods a column stands for: more than one where the leaves would not fit. */
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
      // Of what is to come, a seed is kept for the right half of every level that stands in its left half.
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
