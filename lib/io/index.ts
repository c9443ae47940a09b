/** Files: PyTorch's own, safetensors and NumPy's. */
export type { Readable, Writable } from './bytes.js';
export { type LoadOptions, load } from './load.js';
export { loadNpy, loadNpz, saveNpy } from './numpy.js';
export { loadSafetensors, saveSafetensors } from './safetensors.js';
export { save } from './save.js';
