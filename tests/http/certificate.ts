/** Signed by itself for this machine, for tests; it protects nothing. */
export const certificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBnzCCAUWgAwIBAgIUWxAA0/KLxZN+N4EPokayF4hr/3wwCgYIKoZIzj0EAwIw',
  'FjEUMBIGA1UEAwwLdGVzdCBzZXJ2ZXIwIBcNMjYxMTI4MDQxOTMyWhgPMjEyNjEx',
  'MDQwNDE5MzJaMBYxFDASBgNVBAMMC3Rlc3Qgc2VydmVyMFkwEwYHKoZIzj0CAQYI',
  'KoZIzj0DAQcDQgAExbqezSOeMYNgPOB1VAt6WW/6bWxM0vvLTGICryN9UiYJaoaR',
  'rNAMP2XHdNW8sJNyKIF+qjk54Ctca+0121tqQqNvMG0wHQYDVR0OBBYEFPodT7vs',
  '8YVdV9AO1yyqa9dtEJScMB8GA1UdIwQYMBaAFPodT7vs8YVdV9AO1yyqa9dtEJSc',
  'MA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0MAoG',
  'CCqGSM49BAMCA0gAMEUCIQCukDSCEnRns4NhAkdkflNjzqq0vAuO/aS/ScZPkI3S',
  'MAIge9tkFjH9n6+cc8iQDJtBb0BMV7EDEX5caI9kEqXvjL0=',
  '-----END CERTIFICATE-----',
].join('\n');

/** Its key. */
export const certificateKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUQh6Jw0ssK8nMMQu',
  'v/quChab/JxWDtMYkp9SHDeHvhahRANCAATFup7NI54xg2A84HVUC3pZb/ptbEzS',
  '+8tMYgKvI31SJglqhpGs0Aw/Zcd01bywk3IogX6qOTngK1xr7TXbW2pC',
  '-----END PRIVATE KEY-----',
].join('\n');
