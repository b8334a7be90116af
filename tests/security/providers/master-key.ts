import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A key that a service keeps, with its versions. What it encrypts names the version: one byte, nonce, ciphertext, tag. */
export class MasterKey {
  readonly #versions: Buffer[] = [randomBytes(32)];

  public get latest(): number {
    return this.#versions.length;
  }

  public rotate(): void {
    this.#versions.push(randomBytes(32));
  }

  public encrypt(plaintext: Uint8Array, bound: Uint8Array, derive?: Uint8Array): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.latest, derive), nonce).setAAD(bound);
    return Buffer.concat([
      Buffer.of(this.latest),
      nonce,
      cipher.update(plaintext),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  }

  /** Throws for everything that it has not encrypted. */
  public decrypt(sealed: Uint8Array, bound: Uint8Array, derive?: Uint8Array): Buffer {
    const key = this.#key(sealed[0] ?? 0, derive);
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13)).setAAD(bound);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(13, -16)), decipher.final()]);
  }

  #key(version: number, derive: Uint8Array | undefined): Buffer {
    const key = this.#versions[version - 1];
    if (key === undefined) throw new Error('there is no such version');
    return derive === undefined ? key : Buffer.from(hkdfSync('sha256', key, '', derive, 32));
  }
}
