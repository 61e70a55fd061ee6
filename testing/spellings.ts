const encoded = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;

/** Spellings of one path: its id in upper case, percent-encoded in part or as a whole, and with a slash behind the path. */
export const spellings: Record<string, (path: string, id: string) => string> = {
  'as it is answered': (path) => path,
  'an id in upper case': (path, id) => path.replace(id, id.toUpperCase()),
  'an encoded hyphen': (path, id) => path.replace(id, id.replace('-', '%2D')),
  'a hyphen encoded in lower case': (path, id) => path.replace(id, id.replace('-', '%2d')),
  'encoded letters and digits': (path, id) => path.replace(id, id.replaceAll(/[0-9a-f]/g, encoded)),
  'encoded letters in upper case': (path, id) =>
    path.replace(id, id.toUpperCase().replaceAll(/[A-F]/g, encoded)),
  'a slash behind it': (path) => `${path}/`,
};
