/** torch.autograd. */
import { Tensor } from '../tensor.js';
import { backward } from './backward.js';
import { AsStridedBackward } from './in-place.js';

Tensor.runBackward = backward as typeof Tensor.runBackward;
Tensor.ViewNode = AsStridedBackward;

export { backward, grad, type BackwardOptions, type GradOptions } from './backward.js';
export { enable_grad, no_grad, set_grad_enabled } from './modes.js';
export { Node } from './node.js';
