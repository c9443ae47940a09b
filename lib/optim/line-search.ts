/** A line search for the strong Wolfe conditions (Nocedal and Wright, 2006, algorithms 3.5 and 3.6). */
import type { Tensor } from '../tensor.js';

/** A step along the direction: the loss there, its gradient, and the slope in that direction. */
interface Point {
  t: number;
  loss: number;
  gradient: Tensor;
  slope: number;
}

export interface Found extends Omit<Point, 'slope'> {
  evaluations: number;
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;

/** Where the cubic through two points with their slopes has its minimum, within `bounds`. */
function cubicMinimum(a: Point, b: Point, bounds?: readonly [number, number]): number {
  const [low, high] = bounds ?? (a.t <= b.t ? [a.t, b.t] : [b.t, a.t]);
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const [first, last] = a.t <= b.t ? [a, b] : [b, a];
  const at = last.t - (last.t - first.t) * ((last.slope + d2 - d1) / (last.slope - first.slope + 2 * d2));
  return Math.min(Math.max(at, low), high);
}

/**
 * A step from `start` (t = 0) that satisfies both conditions, beginning with `t`, or the best that was found.
 * `evaluate` gives loss and gradient after a step.
 */
export function strongWolfe(
  evaluate: (t: number) => { loss: number; gradient: Tensor },
  start: Omit<Point, 't'>,
  t: number,
  direction: Tensor,
  toleranceChange: number,
  maxEvaluations: number,
): Found {
  let evaluations = 0;
  const at = (step: number): Point => {
    const { loss, gradient } = evaluate(step);
    evaluations++;
    return { t: step, loss, gradient, slope: Number(gradient.dot(direction).item()) };
  };
  const decreases = (p: Point): boolean => !(p.loss > start.loss + SUFFICIENT_DECREASE * p.t * start.slope);
  const isFlat = (p: Point): boolean => Math.abs(p.slope) <= -CURVATURE * start.slope;
  const origin: Point = { ...start, t: 0, gradient: start.gradient.clone() };

  // Steps grow until an interval is known to hold a good one.
  let previous = origin;
  let point = at(t);
  let iterations = 0;
  let bracket: [Point, Point] | null = null;
  while (iterations < maxEvaluations) {
    if (!decreases(point) || (iterations > 1 && point.loss >= previous.loss)) {
      bracket = [previous, point];
      break;
    }
    if (isFlat(point)) return { ...point, evaluations };
    if (point.slope >= 0) {
      bracket = [previous, point];
      break;
    }
    const bounds = [point.t + 0.01 * (point.t - previous.t), point.t * 10] as const;
    const next = cubicMinimum(previous, point, bounds);
    previous = point;
    point = at(next);
    iterations++;
  }
  bracket ??= [origin, point];

  // The interval shrinks around its lower end.
  let [low, high] = bracket[0].loss <= bracket[1].loss ? bracket : [bracket[1], bracket[0]];
  const longest = Number(direction.abs().max().item());
  let stuck = false;
  while (iterations < maxEvaluations && Math.abs(high.t - low.t) * longest >= toleranceChange) {
    let step = cubicMinimum(low, high);
    const [left, right] = [Math.min(low.t, high.t), Math.max(low.t, high.t)];
    const margin = 0.1 * (right - left);
    if (Math.min(right - step, step - left) < margin) {
      if (stuck || step >= right || step <= left) {
        step = Math.abs(step - right) < Math.abs(step - left) ? right - margin : left + margin;
        stuck = false;
      } else {
        stuck = true;
      }
    } else {
      stuck = false;
    }
    point = at(step);
    iterations++;
    if (!decreases(point) || point.loss >= low.loss) {
      high = point;
      if (!(low.loss <= high.loss)) [low, high] = [high, low];
      continue;
    }
    const done = isFlat(point);
    if (!done && point.slope * (high.t - low.t) >= 0) high = low;
    low = point;
    if (done) break;
  }
  return { t: low.t, loss: low.loss, gradient: low.gradient, evaluations };
}
