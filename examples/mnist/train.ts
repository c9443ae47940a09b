/** Trains a network to read handwritten digits: `npm start`, or `npm start -- --help`. */

import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as torch from 'strided';
import { type Digits, loadDigits, normalized } from './data';
import { type Options, parseOptions, USAGE } from './options';
import { counted, Progress } from './progress';
import { saveTensors } from './safetensors';

const { nn, optim } = torch;

/** Milliseconds of training between two looks at what happened meanwhile, such as Ctrl-C. */
const BREATH = 50;

let interrupted = false;

function createNet() {
  return new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(784, 512),
    new nn.ReLU(),
    new nn.Linear(512, 256),
    new nn.ReLU(),
    new nn.Linear(256, 10),
  );
}

type Net = ReturnType<typeof createNet>;

/** Trains until the epochs are done or an interrupt asks to stop, and returns how many images it has seen. */
async function train(net: Net, data: Digits, test: Digits, options: Options, progress: Progress): Promise<number> {
  const { epochs, batchSize, lr } = options;
  const count = data.labels.numel();
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const criterion = new nn.CrossEntropyLoss();
  let breathed = performance.now();
  let total = 0;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = torch.randperm(count);
    progress.begin();
    for (let start = 0; start < count; start += batchSize) {
      const batch = order.narrow(0, start, Math.min(batchSize, count - start));
      const inputs = normalized(data.images.index_select(0, batch));
      const targets = data.labels.index_select(0, batch);
      for (const group of optimizer.param_groups) group.lr = lr * (1 - total / (epochs * count));

      optimizer.zero_grad();
      const loss = criterion(net(inputs), targets);
      loss.backward();
      optimizer.step();

      total += batch.numel();
      progress.update(epoch, start + batch.numel(), () => Number(loss.item()));
      if (performance.now() - breathed > BREATH) {
        await setImmediate();
        breathed = performance.now();
        if (interrupted) return total;
      }
    }
    progress.line(`epoch ${epoch}/${epochs}  test accuracy ${(100 * accuracy(net, test)).toFixed(2)} %`);
  }
  return total;
}

/** The share of images whose digit the network reads right. */
function accuracy(net: Net, { images, labels }: Digits): number {
  const count = labels.numel();
  const step = 1000;
  let right = 0;
  torch.no_grad(() => {
    for (let start = 0; start < count; start += step) {
      const size = Math.min(step, count - start);
      const guess = net(normalized(images.narrow(0, start, size))).argmax(1);
      right += Number(
        guess
          .eq(labels.narrow(0, start, size))
          .sum()
          .item(),
      );
    }
  });
  return right / count;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return;
  }
  // Before the training, so that a mistyped path does not show after it.
  mkdirSync(dirname(options.out), { recursive: true });
  accessSync(dirname(options.out), constants.W_OK);

  torch.manual_seed(options.seed);
  const data = loadDigits('train', options.limit);
  const test = loadDigits('t10k');
  const net = createNet();
  const parameters = [...net.parameters()].reduce((sum, parameter) => sum + parameter.numel(), 0);
  const images = data.labels.numel();
  console.log(`${counted(images)} images to train with, ${counted(test.labels.numel())} to test with`);
  console.log(`784-512-256-10, ${counted(parameters)} parameters, ${torch.get_num_threads()} threads`);

  // Once: a second Ctrl-C finds no handler and ends the program at once.
  process.once('SIGINT', () => {
    interrupted = true;
  });
  const progress = new Progress(options.epochs, images);
  const started = performance.now();
  const seen = await train(net, data, test, options, progress);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);

  saveTensors(options.out, Object.entries(net.state_dict()));
  const where = relative('.', options.out);
  if (interrupted) {
    progress.line(`interrupted after ${counted(seen)} images; weights saved to ${where}`);
    process.exitCode = 130;
  } else {
    progress.line(`trained in ${seconds} s; weights saved to ${where}`);
  }
}

main().catch((error: Error) => {
  console.error(`mnist: ${error.message}`);
  process.exitCode = 1;
});
