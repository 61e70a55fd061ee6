/** @typedef {import('./command.ts').Option} Option */

/** @param {string} text */
function isUrl(text) {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** @param {string} label of the Encoding standard, section 4.2 */
function isEncoding(label) {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** @param {string} text @param {{ type: string, min: number, max: number }} option */
function isAmount(text, { type, min, max }) {
  const pattern = type === 'integer' ? /^\d{1,15}$/ : /^\d{1,15}([.]\d{1,15})?$/;
  return pattern.test(text) && Number(text) >= min && Number(text) <= max;
}

/** @param {string} text @param {Option} option */
function isGood(text, option) {
  switch (option.type) {
    case 'integer':
    case 'number':
      return isAmount(text, option);
    case 'choice':
      return option.choices.includes(text);
    case 'url':
      return isUrl(text);
    case 'encoding':
      return isEncoding(text);
    case 'path':
      return text !== '' && !text.startsWith('-');
    case 'text':
      return text !== '' && (option.pattern?.test(text) ?? true);
    default:
      return false;
  }
}

/** What a value must be, for the message that refuses `text`. @param {string} text @param {Option} option */
function expected(text, option) {
  switch (option.type) {
    case 'integer':
      return `a whole number from ${option.min} to ${option.max}`;
    case 'number':
      return `a number from ${option.min} to ${option.max}`;
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'url':
      return 'an http or https address';
    case 'encoding':
      return 'an encoding such as utf-8, latin1 or utf-16le';
    case 'path':
      return `a path: write ./${text} for a path of that name`;
    default:
      return `as it must be: ${option.description}`;
  }
}

/**
 * The value of an option, or what is wrong with the text.
 * @param {string} name
 * @param {string} text
 * @param {Option} option
 * @returns {{ value: string | number } | { fault: string }}
 */
export function readValue(name, text, option) {
  if (!isGood(text, option)) return { fault: `--${name} ${text} is not ${expected(text, option)}.` };
  return { value: option.type === 'integer' || option.type === 'number' ? Number(text) : text };
}
