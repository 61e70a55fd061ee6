import { generate } from 'selfsigned';

export interface Certificate {
  certificate: string;
  privateKey: string;
}

/**
 * A certificate for this machine that nobody has vouched for (RFC 5280), and its key. It is no authority: whoever gets hold
 * of the key can make no certificate for another host.
 * @param validDays counted from an hour ago, for clocks that differ
 */
export async function selfSignedCertificate(validDays: number): Promise<Certificate> {
  const from = Date.now() - 3_600_000;
  const { cert, private: privateKey } = await generate(
    [{ name: 'commonName', value: 'Tradepost development' }],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: new Date(from),
      notAfterDate: new Date(from + validDays * 86_400_000),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
            { type: 7, ip: '::1' },
          ],
        },
      ],
    },
  );
  return { certificate: cert, privateKey };
}
