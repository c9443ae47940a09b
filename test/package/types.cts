/** What the types promise, compiled against the installed package as CommonJS; nothing here is run for its values. */
import torch = require('strided');
import all = require('strided');

const { nn } = torch;
type Tensor = torch.Tensor;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => {};

const x = torch.ones(2, 3, { requires_grad: true });
same<typeof x, Tensor>(true);
same<typeof x.shape, torch.Size>(true);
same<ReturnType<typeof x.shape.numel>, number>(true);
same<typeof all.nn, typeof nn>(true);
const { values, indices } = x.max({ dim: 1 });
const both: Tensor[] = [values, indices];
const y: Tensor = new nn.Linear(3, 4)(x).relu().sum();
const text: string = String(y.dtype);
const enabled: boolean = torch.is_grad_enabled();
torch.no_grad(() => [y, text, enabled, both]);

// @ts-expect-error: no such op
x.add_up();
// @ts-expect-error: a tensor or a number is needed
x.add('1');
// @ts-expect-error: Linear takes numbers
new nn.Linear('3', 4);
