/** torch.utils.data: datasets, samplers and batches. */
export {
  ConcatDataset,
  Dataset,
  type Indexable,
  IterableDataset,
  random_split,
  Subset,
  TensorDataset,
} from './dataset.js';
export { DataLoader, default_collate } from './loader.js';
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler.js';
