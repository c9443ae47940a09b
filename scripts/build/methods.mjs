// Methods of Tensor as an editor shows them. Their types are computed from the schemas of ops, which leaves neither doc
// comments nor signatures that one can read: dist/documented.d.ts adds both, and takes nothing away.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, documented, isInPlace, methodNames, methodsOf, opForms } from '../docs/ops.mjs';

const head = `import type { DType } from './dtype.js';
import type { InPlaceMethods, Methods } from './ops/define.js';
import type * as ops from './ops/methods.js';
import type { Ints, Named, Scalar } from './ops/schema-types.js';
import type { Key } from './ops/subscript.js';
import type { Generator } from './random.js';
import type { Tensor } from './tensor.js';

type Plain = Methods<typeof ops>;
type Changing = InPlaceMethods<typeof ops>;
type Others = Omit<Plain & Changing, keyof Documented>;

/** Every op that is a method of Tensor. */
export interface DocumentedMethods extends Documented, Others {}
`;

/** Writes dist/documented.d.ts and has class Tensor use it. */
export function documentMethods(dist) {
  const found = new Map();
  for (const file of readdirSync(join(dist, 'ops')).filter((name) => name.endsWith('.d.ts'))) {
    for (const op of constants(readFileSync(join(dist, 'ops', file), 'utf8'))) {
      const forms = op.exported ? opForms(op.name, op.type) : null;
      if (!forms?.some(({ method }) => method)) continue;
      const docs = forms.map(({ schema }) => documented(op.comment, { schema, category: null, brief: false }));
      found.set(op.name, { forms, docs, path: `ops/${file}`, inplace: isInPlace(op.type) });
    }
  }
  const members = methodNames(readFileSync(join(dist, 'ops', 'methods.d.ts'), 'utf8'), found).flatMap((name) => {
    const all = methodsOf(name, found.get(name));
    const plain = member(
      all.filter((method) => method.name === name),
      'Plain',
    );
    const changing = all.filter((method) => method.name !== name);
    return changing.length === 0 ? [plain] : [plain, member(changing, 'Changing')];
  });
  writeFileSync(join(dist, 'documented.d.ts'), `${head}interface Documented {\n${members.join('\n')}\n}\n`);
  useIn(join(dist, 'tensor.d.ts'));
}

/** The forms that are read, and after them the type that takes every way to call the op. */
function member(forms, general) {
  const [{ doc, name }] = forms;
  return `${doc}${name}: { ${forms.map(({ form }) => form.replace(/this$/, 'Tensor')).join('; ')} } & ${general}['${name}'];`;
}

function useIn(path) {
  const text = readFileSync(path, 'utf8')
    .replace(/import type \{ InPlaceMethods, Methods \} .*\n/, '')
    .replace(/import type \* as ops from .*\n/, `import type { DocumentedMethods } from './documented.js';\n`)
    .replace('extends Methods<typeof ops>, InPlaceMethods<typeof ops>, ', 'extends DocumentedMethods, ');
  if (!text.includes('extends DocumentedMethods, ')) throw new Error(`${path}: does not declare Tensor as expected`);
  writeFileSync(path, text);
}
