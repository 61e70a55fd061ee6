import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal } from '../local/refusal.ts';

const unpack = promisify(gunzip);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Refusal(`${file} is not there: pass the invoices with --file.`);
    throw new Refusal(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** RFC 1952, section 2.3.1: the first two bytes say that a file is gzipped, whatever its name is. */
const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function unpackBytes(bytes: Buffer, file: string): Promise<Buffer> {
  try {
    return await unpack(bytes);
  } catch (error) {
    const fault = codeOf(error) === 'Z_BUF_ERROR' ? 'cut off' : `damaged (${(error as Error).message})`;
    throw new Refusal(`${file} is ${fault}: copy it again.`);
  }
}

/** The first line, counted from 1, that is not UTF-8. A line feed is no part of a longer sequence (RFC 3629, section 3). */
function findBadLine(bytes: Buffer): number {
  let [line, start] = [1, 0];
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    [line, start] = [line + 1, end + 1];
  }
}

function refuseEncoding(bytes: Buffer, file: string): Refusal {
  const mark = bytes.subarray(0, 2).toString('hex');
  const guess = { fffe: 'utf-16le', feff: 'utf-16be' }[mark] ?? 'latin1';
  return new Refusal(
    `${file} is not UTF-8 in line ${findBadLine(bytes)}: name its encoding, for example --encoding ${guess}.`,
  );
}

function decode(bytes: Buffer, file: string, encoding: string): string {
  const decoder = new TextDecoder(encoding, { fatal: true });
  if (decoder.encoding === 'utf-8' && !isUtf8(bytes)) throw refuseEncoding(bytes, file);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Refusal(`${file} is not ${decoder.encoding}: name its encoding with --encoding.`);
    throw new Refusal(`${file} is too large to be read at once: split it.`);
  }
}

/**
 * The text of a file that may be gzipped, without a byte order mark.
 * @param encoding a label of the Encoding standard, section 4.2
 */
export async function readText(file: string, encoding: string): Promise<string> {
  const bytes = await readBytes(file);
  return decode(isGzip(bytes) ? await unpackBytes(bytes, file) : bytes, file, encoding);
}
