// aws: the subpath `uno-config/sources/aws`. Clients are those of the SDK of AWS, version 3: handed in, or made when needed.
//
//   awsParameters  a path of Parameter Store, read until two reads agree        awsSecrets  one secret, by its stage
//   awsAppConfig   a configuration profile, by a session that says when to ask again
export { awsAppConfig, type AwsAppConfigOptions } from './aws-app-config.js';
export { awsParameters, type AwsParametersOptions } from './aws-parameters.js';
export { awsSecrets, type AwsSecretsOptions } from './aws-secrets.js';
export type * from './aws-clients.js';
export type { AwsConnectionOptions } from './aws-connection.js';
export type { CloudSourceOptions, SecretStoreOptions } from '../cloud/index.js';
export type { ClientOption } from '../store/index.js';
