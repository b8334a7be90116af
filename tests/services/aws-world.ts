import { randomBytes } from 'node:crypto';
import { KMS } from '@aws-sdk/client-kms';
import { awsKms, type AwsKmsOptions } from '../../src/security/providers/index.js';
import { httpService, type ServiceAnswer, type ServiceRequest } from '../security/providers/http-service.js';
import { MasterKey } from '../security/providers/master-key.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const SECRET_ACCESS_KEY = 'canary-secret-access-key-wJalrXUtnFEMI';

type AwsInput = Readonly<Record<string, string | Readonly<Record<string, string>> | undefined>>;

/** AWS KMS as its JSON 1.1 protocol shows it: `X-Amz-Target: TrentService.<Action>`. */
export async function awsWorld(more: Partial<AwsKmsOptions> = {}): Promise<ProviderWorld> {
  const keys = new Map(['orders', 'billing', 'retired'].map((name) => [name, new MasterKey()]));
  const service = await httpService((request) => {
    const { authorization = '' } = request.headers;
    if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) return failed('MissingAuthenticationTokenException');
    // What the SDK sends is JSON of this shape.
    return act(keys, request, JSON.parse(request.body) as AwsInput);
  });
  // It would write to the standard error that a later version will want a later Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const client = new KMS({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${String(service.port)}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET_ACCESS_KEY },
    maxAttempts: 1,
  });
  const close = async (): Promise<void> => {
    client.destroy();
    await service.close();
  };
  return {
    service: { ...service, close },
    provider: awsKms({ client, keyId: 'orders', id: 'aws:orders', ...more }),
    stranger: awsKms({ client, keyId: 'billing', id: 'aws:billing' }),
    rotate: () => keys.get('orders')?.rotate(),
    throttled: (secret) => failed('ThrottlingException', secret),
    broken: (secret) => ({ ...failed('KMSInternalException', secret), status: 500 }),
    denied: (secret) => failed('AccessDeniedException', secret),
    credential: SECRET_ACCESS_KEY,
  };
}

function act(keys: ReadonlyMap<string, MasterKey>, { headers }: ServiceRequest, input: AwsInput): ServiceAnswer {
  switch (String(headers['x-amz-target'])) {
    case 'TrentService.GenerateDataKey': {
      if (input['KeySpec'] !== 'AES_256') return failed('ValidationException');
      const key = randomBytes(32);
      return {
        body: { Plaintext: key.toString('base64'), ...sealed(keys, input['KeyId'], key, input['EncryptionContext']) },
      };
    }
    case 'TrentService.Encrypt':
      return { body: sealed(keys, input['KeyId'], bytes(input['Plaintext']), input['EncryptionContext']) };
    case 'TrentService.Decrypt': {
      const key = opened(keys, input['KeyId'], input['CiphertextBlob'], input['EncryptionContext']);
      return Buffer.isBuffer(key) ? { body: { Plaintext: key.toString('base64') } } : key;
    }
    case 'TrentService.ReEncrypt': {
      const key = opened(keys, input['SourceKeyId'], input['CiphertextBlob'], input['SourceEncryptionContext']);
      if (!Buffer.isBuffer(key)) return key;
      return { body: sealed(keys, input['DestinationKeyId'], key, input['DestinationEncryptionContext']) };
    }
    case 'TrentService.DescribeKey':
      return {
        body: {
          KeyMetadata: {
            KeyId: 'x',
            Arn: `arn:aws:kms:eu-west-1:1:key/orders`,
            KeyState: 'Enabled',
          },
        },
      };
    default:
      return failed('UnknownOperationException');
  }
}

/** A blob names its key: `<name>\0<ciphertext>`. */
function sealed(keys: ReadonlyMap<string, MasterKey>, name: unknown, key: Buffer, context: unknown): object {
  const blob = keys.get(String(name))?.encrypt(key, bound(context)) ?? Buffer.alloc(0);
  return { CiphertextBlob: Buffer.concat([Buffer.from(`${String(name)}\0`), blob]).toString('base64'), KeyId: name };
}

function opened(
  keys: ReadonlyMap<string, MasterKey>,
  name: unknown,
  blob: unknown,
  context: unknown,
): Buffer | ServiceAnswer {
  const data = bytes(blob);
  const end = data.indexOf(0);
  const maker = keys.get(data.toString('latin1', 0, end));
  if (end < 0 || maker === undefined) return failed('InvalidCiphertextException');
  if (maker !== keys.get(String(name))) return failed('IncorrectKeyException');
  try {
    return maker.decrypt(data.subarray(end + 1), bound(context));
  } catch {
    return failed('InvalidCiphertextException');
  }
}

function bound(context: unknown): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort()));
}

function bytes(text: unknown): Buffer {
  return Buffer.from(String(text), 'base64');
}

function failed(type: string, secret = ''): ServiceAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': secret || 'none' };
  return { status: 400, headers, body: { __type: type, message: `${type} ${secret}` } };
}
