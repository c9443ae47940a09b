/** torch.autograd. */
import { Tensor } from '../tensor.js';
import { backward } from './backward.js';
import { AsStridedBackward, checkView } from './in-place.js';

Tensor.runBackward = backward as typeof Tensor.runBackward;
Tensor.viewNode = (base, view) => {
  checkView(view, 'its base or another view of its base has been modified inplace');
  return new AsStridedBackward(base, view);
};

export {
  detect_anomaly,
  is_anomaly_check_nan_enabled,
  is_anomaly_enabled,
  set_detect_anomaly,
} from './anomaly.js';
export { type BackwardOptions, backward, type GradOptions, grad } from './backward.js';
export * as forward_ad from './forward-ad.js';
export { AutogradFunction as Function, once_differentiable } from './function.js';
export { FunctionCtx, type Gradients } from './function-node.js';
export * as functional from './functional.js';
export { type Checked, GradcheckError, type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck.js';
export * as graph from './graph.js';
export { enable_grad, no_grad, set_grad_enabled } from './modes.js';
export { Node } from './node.js';
