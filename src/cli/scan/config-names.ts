import { basename } from 'node:path';

const ENDINGS =
  /\.(?:ya?ml|json|jsonc|json5|toml|ini|cfg|conf|config|properties|env|tfvars|xml|pem|key|ppk)$|^\.env(?:\.|$)|^\.(?:npmrc|netrc|pgpass|yarnrc|dockercfg)$|^id_(?:rsa|dsa|ecdsa|ed25519)$/i;

/** What lists packages; its checksums are no secrets, and it is long. */
const LOCK_FILES = /^(?:package-lock|npm-shrinkwrap)\.json$|^pnpm-lock\.yaml$/;

/** True for a file that configures something, by its name. */
export function isConfigName(path: string): boolean {
  const name = basename(path);
  return ENDINGS.test(name) && !LOCK_FILES.test(name);
}
