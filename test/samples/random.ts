import * as torch from 'strided';
import { over, type Sample, type Samples } from './sample.js';

/** Random numbers, the same in every run: nothing of a tensor's values is left in them, and its gradient is zero. */
function drawn(draw: Sample['run'], ...shapes: string[]): Sample[] {
  const run: Sample['run'] = (...xs) => {
    torch.manual_seed(0);
    return draw(...xs);
  };
  return over(run, ...(shapes.length ? shapes : ['2x3', '.', '0x3']));
}

/** Between 0 and 1, far from both, and not moved by a small change of x. */
const odds = (x: torch.Tensor): torch.Tensor => x.sigmoid().mul(0.5).add(0.2);

export const randomSamples: Samples = {
  uniform_: () => drawn((x) => x.clone().uniform_()),
  normal_: () => drawn((x) => x.clone().normal_()),
  log_normal_: () => drawn((x) => x.clone().log_normal_()),
  cauchy_: () => drawn((x) => x.clone().cauchy_()),
  exponential_: () => drawn((x) => x.clone().exponential_()),
  geometric_: () => drawn((x) => x.clone().geometric_(0.4)),
  random_: () => [
    ...drawn((x) => x.clone().random_()),
    ...drawn((x) => x.clone().random_(5)),
    ...drawn((x) => x.clone().random_(-3, 5)),
  ],
  bernoulli_: () => [
    ...drawn((x) => x.clone().bernoulli_(0.4)),
    ...drawn((x, p) => x.clone().bernoulli_(odds(p)), '2x3 2x3'),
  ],
  bernoulli: () => [...drawn((x) => torch.bernoulli(odds(x))), ...drawn((x) => x.bernoulli(0.4))],
  poisson: () => drawn((x) => torch.poisson(odds(x).detach().add(x.mul(0)))),
  normal: () => [
    ...drawn((mean) => torch.normal(mean.mul(0), 1)),
    ...drawn((std) => torch.normal(0, std.mul(0).add(1))),
    ...drawn((mean, std) => torch.normal(mean.mul(0), std.mul(0).add(1)), '2x3 2x3'),
  ],
};
