// Command lines of the form --name value, with defaults that also give each option its type.

/** Answers `defaults` with what the arguments set; throws on anything unknown. */
export function readArguments(words, defaults) {
  const options = { ...defaults };
  for (let i = 0; i < words.length; i += 1) {
    const name = words[i].replace(/^--/, '');
    if (!words[i].startsWith('--') || !(name in defaults)) throw new Error(`unknown option ${words[i]}`);
    if (defaults[name] === false) {
      options[name] = true;
      continue;
    }
    i += 1;
    if (i >= words.length) throw new Error(`--${name} needs a value`);
    options[name] = typeof defaults[name] === 'number' ? Number(words[i]) : words[i];
    if (Number.isNaN(options[name])) throw new Error(`--${name} needs a number`);
  }
  return options;
}
