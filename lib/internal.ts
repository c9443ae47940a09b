/** torch._C, as in PyTorch: what the command line and the tests read beside the public names. Not for users. */
export { binary } from './native.js';
export { registry } from './ops/define.js';
