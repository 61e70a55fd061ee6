import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { writePrivately } from './data-directory.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

export interface CertificateFiles {
  certificateFile: string;
  keyFile: string;
}

const validDays = 365;
const renewedDaysBefore = 30;

async function isGood({ certificateFile, keyFile }: CertificateFiles): Promise<boolean> {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(await readFile(certificateFile));
    const leftMs = Date.parse(certificate.validTo) - Date.now();
    // Certificates of an earlier version do not name ::1.
    return leftMs > renewedDaysBefore * 86_400_000 && certificate.checkIP('::1') !== undefined;
  } catch {
    return false;
  }
}

/** The self-signed certificate of this checkout: made once, and again before it ends. This process trusts it from now on. */
export async function keepDevelopmentCertificate(directory: string): Promise<CertificateFiles> {
  const place = join(directory, 'tls');
  const files = { certificateFile: join(place, 'certificate.pem'), keyFile: join(place, 'key.pem') };
  await mkdir(place, { recursive: true, mode: 0o700 });
  if (!(await isGood(files))) {
    const { certificate, privateKey } = await selfSignedCertificate(validDays);
    await writePrivately(files.keyFile, privateKey);
    await writePrivately(files.certificateFile, certificate);
  }
  setDefaultCACertificates([...getCACertificates('default'), await readFile(files.certificateFile, 'utf8')]);
  return files;
}
