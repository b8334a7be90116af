/** Of this machine and of clients on it, for tests: they protect nothing. `impostor` has the name of `orders`, from an authority that nobody trusts. */

export const authority = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBiTCCAS+gAwIBAgIUHggv33TIX/7ygT9W46f7AvDhlyIwCgYIKoZIzj0EAwIw',
  'GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTY0NjE3WhgPMjEy',
  'NjExMDQxNjQ2MTdaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI',
  'zj0CAQYIKoZIzj0DAQcDQgAEPCNUSSYJIXquc39TlA4WxxUwyu05hrW30gWb6+S1',
  '8TxB7Ty4newlZTqjP+ZPPFqzD2bFOF+gPpb4sFBMZXOhw6NTMFEwHQYDVR0OBBYE',
  'FHCBcq/Kkuy0aqQQXaSZ9UTy2eE/MB8GA1UdIwQYMBaAFHCBcq/Kkuy0aqQQXaSZ',
  '9UTy2eE/MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAOZ8++CK',
  'zu46DJIAfn5vIvjFyypDptzaVcUBEYb/jDuxAiBmnodrdCBg72bJYfTy9mKE2SPA',
  '4Adpggq5Sq37JdO9tQ==',
  '-----END CERTIFICATE-----',
].join('\n');

export const server = {
  cert: [
    '-----BEGIN CERTIFICATE-----',
    'MIIBjTCCATKgAwIBAgIUL80zgo7YGHeLqN0DTfv/HyKXCqwwCgYIKoZIzj0EAwIw',
    'GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTY0NjE3WhgPMjEy',
    'NjExMDQxNjQ2MTdaMBExDzANBgNVBAMMBnNlcnZlcjBZMBMGByqGSM49AgEGCCqG',
    'SM49AwEHA0IABDvlt/y+K8EN6ByVzLhrCjIu+lm1gZ/sdqfuk6Pkln0x16fT9cUc',
    'lTqM2f9uDQt8WuC2h/EIljjicSJS52xvckijXjBcMBoGA1UdEQQTMBGCCWxvY2Fs',
    'aG9zdIcEfwAAATAdBgNVHQ4EFgQUqxj0mST9eowKKbNa/+T4n/sAgxgwHwYDVR0j',
    'BBgwFoAUcIFyr8qS7LRqpBBdpJn1RPLZ4T8wCgYIKoZIzj0EAwIDSQAwRgIhANkX',
    '+31XOxr3dSeee8QA74IT5MmVEfa5yhK4Rn2HFjcfAiEAnprM+KrmauiTeNWVpLH7',
    'USUBpKpmP6dUfYizPRcKCGU=',
    '-----END CERTIFICATE-----',
  ].join('\n'),
  key: [
    '-----BEGIN PRIVATE KEY-----',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWU7jbMiq97uIElb8',
    '8/UDIyqVQATVgtGtp9l27zRRyj+hRANCAAQ75bf8vivBDegclcy4awoyLvpZtYGf',
    '7Han7pOj5JZ9Mden0/XFHJU6jNn/bg0LfFrgtofxCJY44nEiUudsb3JI',
    '-----END PRIVATE KEY-----',
  ].join('\n'),
};

export const orders = {
  cert: [
    '-----BEGIN CERTIFICATE-----',
    'MIIBpzCCAUygAwIBAgIUL80zgo7YGHeLqN0DTfv/HyKXCq0wCgYIKoZIzj0EAwIw',
    'GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTY0NjE3WhgPMjEy',
    'NjExMDQxNjQ2MTdaMBExDzANBgNVBAMMBm9yZGVyczBZMBMGByqGSM49AgEGCCqG',
    'SM49AwEHA0IABH2t+J9fvE+yiI29eib47VSBoXU3UazIRaT730y2pVwYneWJxtoQ',
    'Oad1HduV80pV9SCovKF5YGR9fRJtWSGutsqjeDB2MDQGA1UdEQQtMCuGGHNwaWZm',
    'ZTovL2ludGVybmFsL29yZGVyc4IPb3JkZXJzLmludGVybmFsMB0GA1UdDgQWBBTd',
    'tN9lOtTAPKXXPlveVXj7izhyczAfBgNVHSMEGDAWgBRwgXKvypLstGqkEF2kmfVE',
    '8tnhPzAKBggqhkjOPQQDAgNJADBGAiEA7dP3DBNHOKc5jpDbDagxjf8jRZs6+udc',
    'NztU+XoEt6YCIQChceJTinBVKO+RL9QV9GfgsY4vFzPwiUvLhOUZ4hrcOw==',
    '-----END CERTIFICATE-----',
  ].join('\n'),
  key: [
    '-----BEGIN PRIVATE KEY-----',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7d9dY+0LhxiGqny/',
    '3+r2/zlKLnOtfh3DXnMkbrXZYs2hRANCAAR9rfifX7xPsoiNvXom+O1UgaF1N1Gs',
    'yEWk+99MtqVcGJ3licbaEDmndR3blfNKVfUgqLyheWBkfX0SbVkhrrbK',
    '-----END PRIVATE KEY-----',
  ].join('\n'),
};

export const impostor = {
  cert: [
    '-----BEGIN CERTIFICATE-----',
    'MIIBljCCATygAwIBAgIUaHytNazfgBcbJNtk1HqbJs6y1wswCgYIKoZIzj0EAwIw',
    'GDEWMBQGA1UEAwwNdGVzdCBzdHJhbmdlcjAgFw0yNjExMjgxNjQ2MTdaGA8yMTI2',
    'MTEwNDE2NDYxN1owEzERMA8GA1UEAwwIaW1wb3N0b3IwWTATBgcqhkjOPQIBBggq',
    'hkjOPQMBBwNCAATIQt1ezhoChu4K4DdELBINZcdcpanr9JDStvup6FGkeVhUWzPq',
    'oJomM5cfn3ZMYncYnyD1fhmDCBiMBCWN5XUZo2cwZTAjBgNVHREEHDAahhhzcGlm',
    'ZmU6Ly9pbnRlcm5hbC9vcmRlcnMwHQYDVR0OBBYEFOY1kMKqrY+KRvqcnKABLLG2',
    'S3DrMB8GA1UdIwQYMBaAFP9oM8THvHEEcNA44olLBIpg2aDfMAoGCCqGSM49BAMC',
    'A0gAMEUCIQCV25Mk+UfwkdQqFDSqusJAdcb16zsiv9Kt0V6pbDS0IQIgKMy/Bkjl',
    '4zEYjy06O5vvP9TZeBUFXIlHIg9EVTsYCRg=',
    '-----END CERTIFICATE-----',
  ].join('\n'),
  key: [
    '-----BEGIN PRIVATE KEY-----',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDoghq9GHd8SuDHke',
    '2K4NKG+9Bf45FOEZBM3lYuC50kGhRANCAATIQt1ezhoChu4K4DdELBINZcdcpanr',
    '9JDStvup6FGkeVhUWzPqoJomM5cfn3ZMYncYnyD1fhmDCBiMBCWN5XUZ',
    '-----END PRIVATE KEY-----',
  ].join('\n'),
};
