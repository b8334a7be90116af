import {
  optionsOfKeyring,
  wrappingsOf,
  type KeyProvider,
  type KeysetDocument,
  type Passphrase,
  type UnwrapOptions,
  type WrapOptions,
} from '../../security/index.js';
import type { CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import type { DefinitionOnDemand } from './definition-on-demand.js';

const PASSPHRASE_VARIABLE = 'UNO_KEYRING_PASSPHRASE';

/** What stands for a passphrase where a key provider could be named. */
export const UNDER_PASSPHRASE = 'passphrase';

const GIVE_PROVIDER =
  "Give it to the keyring of the configuration file: secrets: { keyring: keyFile('…', { providers: [ … ] }) }.";

/**
 * What the keys of a keyring file are wrapped and unwrapped with: the providers of the keyring that the
 * configuration file has, and the passphrase of a variable, of that keyring, or of whoever sits at the terminal.
 */
export class KeyWrapping {
  readonly #io: CommandIo;
  readonly #file: string;
  readonly #definition: DefinitionOnDemand;
  #passphrase: Promise<string> | undefined;

  public constructor(io: CommandIo, file: string, definition: DefinitionOnDemand) {
    this.#io = io;
    this.#file = file;
    this.#definition = definition;
  }

  /**
   * What the keys of a new file are wrapped with: under a passphrase, or by the key provider of this id.
   *
   * @throws UsageError when it is not known here, or a passphrase is not typed twice in the same way.
   */
  public async optionsBy(by: string): Promise<WrapOptions> {
    if (by === UNDER_PASSPHRASE) return { passphrase: (await this.#givenPassphrase()) ?? (await this.#askTwice()) };
    const { providers = [] } = await this.#configured();
    const provider = providers.find(({ id }) => id === by);
    if (provider !== undefined) return { provider };
    throw new UsageError(
      // Not by its id: it may be a passphrase.
      `The key provider that --wrap names for the keys of ${this.#file} is not known here.`,
      providers.length === 0
        ? GIVE_PROVIDER
        : `The keyring of the configuration file has ${providers.map(({ id }) => id).join(', ')}. ` +
            `Or write --wrap ${UNDER_PASSPHRASE}.`,
    );
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
      GIVE_PROVIDER,
    );
  }

  async #findPassphrase(): Promise<string> {
    return (await this.#givenPassphrase()) ?? this.#ask(`Passphrase of ${this.#file}: `, 'are wrapped');
  }

  /** That of the variable, else that of the configuration file. An empty one is none. */
  async #givenPassphrase(): Promise<string | undefined> {
    const variable = process.env[PASSPHRASE_VARIABLE] ?? '';
    const given = variable === '' ? await textOf((await this.#configured()).passphrase) : variable;
    return given === '' ? undefined : given;
  }

  /** Whoever types a new passphrase does not see it, and a slip would lock the keys in forever. */
  async #askTwice(): Promise<string> {
    const first = await this.#ask(`New passphrase of ${this.#file}: `, 'are to be wrapped');
    const again = await this.#ask('The same passphrase once more: ', 'are to be wrapped');
    if (first === again) return first;
    throw new UsageError('The two passphrases are not the same.', 'Nothing has been written: do it again.');
  }

  async #ask(prompt: string, what: string): Promise<string> {
    const typed = await this.#io.readPassphrase(prompt);
    if (typed === undefined) {
      throw new UsageError(
        `The keys of ${this.#file} ${what} under a passphrase.`,
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
