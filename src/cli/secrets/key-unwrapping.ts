import {
  optionsOfKeyring,
  wrappingsOf,
  type KeyProvider,
  type KeysetDocument,
  type Passphrase,
  type UnwrapOptions,
} from '../../security/index.js';
import type { CommandIo } from '../command-io.js';
import { UsageError } from '../usage-error.js';
import type { DefinitionOnDemand } from './definition-on-demand.js';

/** The variable that holds the passphrase of a keyring file. */
const PASSPHRASE_VARIABLE = 'UNO_KEYRING_PASSPHRASE';

/**
 * What the wrapped keys of a keyring file are unwrapped with, and new ones wrapped: the providers of the keyring that the
 * configuration file has, and the passphrase of a variable, of that keyring, or of whoever sits at the terminal.
 */
export class KeyUnwrapping {
  readonly #io: CommandIo;
  readonly #file: string;
  readonly #definition: DefinitionOnDemand;
  #passphrase: Promise<string> | undefined;

  public constructor(io: CommandIo, file: string, definition: DefinitionOnDemand) {
    this.#io = io;
    this.#file = file;
    this.#definition = definition;
  }

  /** @throws UsageError for keys that a provider has wrapped who is not known here. */
  public async optionsFor(document: KeysetDocument): Promise<UnwrapOptions> {
    const wrappings = wrappingsOf(document);
    const ids = [...wrappings].filter((id) => id !== undefined);
    return {
      ...(ids.length > 0 && { providers: await this.#providers(ids) }),
      // Asked for when it is needed: some work needs no key.
      ...(wrappings.has(undefined) && { passphrase: () => (this.#passphrase ??= this.#findPassphrase()) }),
    };
  }

  async #providers(ids: readonly string[]): Promise<readonly KeyProvider[]> {
    const { providers = [] } = await this.#configured();
    const missing = ids.filter((id) => !providers.some((provider) => provider.id === id));
    if (missing.length === 0) return providers;
    throw new UsageError(
      `The keys of ${this.#file} are wrapped by the key provider ${missing.join(', ')}, which is not known here.`,
      "Give it to the keyring of the configuration file: secrets: { keyring: keyFile('…', { providers: [ … ] }) }.",
    );
  }

  async #findPassphrase(): Promise<string> {
    const variable = process.env[PASSPHRASE_VARIABLE] ?? '';
    const given = variable === '' ? await textOf((await this.#configured()).passphrase) : variable;
    if (given !== '') return given;
    const typed = await this.#io.readPassphrase(`Passphrase of ${this.#file}: `);
    if (typed === undefined) {
      throw new UsageError(
        `The keys of ${this.#file} are wrapped under a passphrase.`,
        `Set ${PASSPHRASE_VARIABLE}, or do this on a terminal, where it is asked for.`,
      );
    }
    const passphrase = typed.toString('utf8');
    typed.fill(0);
    return passphrase;
  }

  async #configured(): Promise<{ readonly passphrase?: Passphrase; readonly providers?: readonly KeyProvider[] }> {
    const keyring = (await this.#definition.load())?.definition.secrets?.keyring;
    return keyring === undefined ? {} : optionsOfKeyring(keyring);
  }
}

async function textOf(passphrase: Passphrase | undefined): Promise<string> {
  return typeof passphrase === 'function' ? passphrase() : (passphrase ?? '');
}
