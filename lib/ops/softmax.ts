/** softmax and log_softmax along a dimension. */
import { derive, op } from './define.js';

/** The gradient of softmax by its result: (g - sum(g y)) y. @internal */
export const _softmax_backward = op('_softmax_backward(Tensor grad, Tensor output, int dim)', { method: false });
derive(_softmax_backward, {
  grad: ['output', (g, s) => _softmax_backward(g, s.output, s.dim)],
  output: [
    ['grad', 'output'],
    (g, s) => {
      const mean = s.grad.mul(s.output).sum(s.dim, true);
      return g.mul(s.grad.sub(mean)).sub(s.grad.mul(g.mul(s.output).sum(s.dim, true)));
    },
  ],
});
/** The gradient of log_softmax by its result: g - exp(y) sum(g). @internal */
export const _log_softmax_backward = op('_log_softmax_backward(Tensor grad, Tensor output, int dim)', {
  method: false,
});
derive(_log_softmax_backward, {
  grad: ['output', (g, s) => g.sub(g.mul(s.output.exp()).sum(s.dim, true))],
  output: [['grad', 'output'], (g, s) => g.neg().mul(s.output.exp()).mul(s.grad.sum(s.dim, true))],
});

/**
 * exp(x) / sum(exp(x)) along `dim`. Refuses integers unless `dtype` is a floating one.
 * @example
 * torch.tensor([0, 0]).softmax(0); // tensor([0.5000, 0.5000])
 */
export const softmax = op('softmax(Tensor self, int dim, dtype? dtype=None)');
derive(softmax, { self: ['result', (g, s) => _softmax_backward(g, s.result, s.dim)] });

/**
 * log(softmax(x)) along `dim`, exact where softmax is close to 0.
 * @example
 * torch.tensor([0, 0]).log_softmax(0); // tensor([-0.6931, -0.6931])
 */
export const log_softmax = op('log_softmax(Tensor self, int dim, dtype? dtype=None)');
derive(log_softmax, { self: ['result', (g, s) => _log_softmax_backward(g, s.result, s.dim)] });
