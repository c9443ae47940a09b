// Makes the results that an example states checkable: `x.sum(); // tensor(6.)` becomes a call of shows(), which the
// tests provide.

const isDeclaration =
  /^(?:const|let|var|using|await using|class|abstract|function|async function|type|interface|import|export)\b/;
const isBlock = /^(?:class|abstract class|function|async function|for|while|if|try|switch|interface|\{)/;
const isControl = /^(?:for|while|if|try|switch|do|return|throw|break|continue|\{)/;
const isResult =
  /^(?:=> |throws |tensor\(|torch\.|Parameter containing|\[|-?\d|true\b|false\b|null\b|undefined\b|NaN\b|-?Infinity\b|'|"|<\w+Backward)/;

/** The statements of `code` at its top level: `{ start, end, comment }`, the comment being what follows it. */
function statements(code) {
  const found = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < code.length; i++) {
    const rest = code.slice(i);
    const skip = /^(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`)/.exec(
      rest,
    );
    if (skip !== null) {
      const text = code.slice(start, i);
      if (skip[0].startsWith('/') && text.trim() === '') start = i + skip[0].length;
      i += skip[0].length - 1;
      continue;
    }
    const c = code[i];
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    const ends =
      c === ';' ||
      (c === '}' &&
        isBlock.test(code.slice(start).trimStart()) &&
        !/^\s*(?:else|catch|finally|while)\b/.test(code.slice(i + 1)));
    if (depth !== 0 || !ends) continue;
    const comment = /^[ ]*(?:\/\/[^\n]*)?(?:\n[ ]*\/\/[^\n]*)*/.exec(code.slice(i + 1))[0];
    found.push({ start, end: i + 1, comment: commentText(comment) });
    i += comment.length;
    start = i + 1;
  }
  return found;
}

const commentText = (comment) =>
  comment
    .split('\n')
    .map((line) => line.trim().replace(/^\/\/ ?/, ''))
    .join('\n')
    .trim();

/** `code` with each statement that states its result made a call of `shows(() => value, 'result')`. */
export function instrument(code) {
  let out = '';
  let at = 0;
  for (const { start, end, comment } of statements(code)) {
    const text = code.slice(start, end).trim();
    if (!isResult.test(comment) || isDeclaration.test(text) || isControl.test(text)) continue;
    const lead = code.slice(start, end).length - code.slice(start, end).trimStart().length;
    const value = text.replace(/;$/, '');
    const call = /\bawait\b/.test(value) ? `await shows(async () => (${value})` : `await shows(() => (${value})`;
    out += `${code.slice(at, start + lead)}${call}, ${JSON.stringify(comment.replace(/^=> /, ''))});`;
    at = end;
  }
  return out + code.slice(at);
}
