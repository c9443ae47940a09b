const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map([...digits].map((digit, value) => [digit, value]));

/**
 * A source map to lines: of positions in a row that lead to one line of one source only the first stays, and no names.
 * That is what stack traces show, in a third of the space.
 */
export function toLines(text) {
  const map = JSON.parse(text);
  const before = { column: 0, source: 0, line: 0, sourceColumn: 0 };
  const written = { ...before };
  const lines = map.mappings.split(';').map((line) => {
    let [last, mappings] = ['', ''];
    before.column = 0;
    written.column = 0;
    for (const segment of line === '' ? [] : line.split(',')) {
      const [column, source, sourceLine, sourceColumn] = decode(segment);
      before.column += column;
      if (source === undefined) continue;
      before.source += source;
      before.line += sourceLine;
      before.sourceColumn += sourceColumn;
      if (last === `${before.source}:${before.line}`) continue;
      last = `${before.source}:${before.line}`;
      mappings += `${mappings && ','}${Object.keys(before)
        .map((key) => encode(before[key] - written[key]))
        .join('')}`;
      Object.assign(written, before);
    }
    return mappings;
  });
  return JSON.stringify({ ...map, names: [], mappings: lines.join(';') });
}

/** Base 64 VLQ: five bits a digit, the lowest first, the sixth where more follow; the lowest bit of all is the sign. */
function decode(segment) {
  const numbers = [];
  let [number, shift] = [0, 0];
  for (const digit of segment) {
    const value = values.get(digit);
    number |= (value & 31) << shift;
    shift += 5;
    if (value & 32) continue;
    numbers.push(number & 1 ? -(number >>> 1) : number >>> 1);
    [number, shift] = [0, 0];
  }
  return numbers;
}

function encode(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const more = rest > 31 ? 32 : 0;
    text += digits[(rest & 31) | more];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
