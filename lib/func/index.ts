/** torch.func: functions to functions that give their derivatives, or compute batches. */
export { type GradOptions, grad, grad_and_value, vjp } from './derivatives.js';
export { jvp, linearize } from './forward.js';
export { type FunctionalCallOptions, functional_call, stack_module_state } from './functional-call.js';
export { hessian, type JacobianOptions, jacfwd, jacrev } from './jacobians.js';
export { type Dims, type VmapOptions, vmap } from './vmap.js';
